using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenKit.Definitions;
using TokenKit.Definitions.Configuration;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Checking.Explaining;

/// <summary>Shows templates with what is known put in, secrets masked, and what is known only later left as it is written.</summary>
internal sealed class TemplateDisplay(MaskedScope scope)
{
    /// <summary>The first of the alternatives that can be shown whole; how many more there are is said.</summary>
    public string Show(ImmutableArray<Template> alternatives)
    {
        if (alternatives.IsDefaultOrEmpty)
        {
            return "";
        }

        var shown = alternatives.FirstOrDefault(CanBeShown) ?? alternatives[0];
        return alternatives.Length == 1 ? Show(shown) : $"{Show(shown)} (one of {alternatives.Length})";
    }

    public ImmutableArray<KeyValuePair<string, string>> Show(ImmutableArray<FieldDefinition> fields) =>
        [.. fields.Select(field => KeyValuePair.Create(field.Name, Show(field.Name, field.Alternatives)))];

    public ImmutableArray<KeyValuePair<string, string>> Show(ImmutableArray<PlacedField> fields) =>
        [.. fields.Select(field => KeyValuePair.Create(field.Name, Show(field.Name, field.Value)))];

    /// <summary>Functions around a secret give the mask's own hash or code in JSON, which is as little of a secret as the mask.</summary>
    public string Show(JsonTemplate template)
    {
        var rendered = template.Render(scope);
        if (!rendered.IsText)
        {
            return $"cannot be shown: {rendered.Unresolved}";
        }

        var tree = JsonNode.Parse(rendered.Text);
        Mask(tree);
        return tree is null ? "null" : Write(tree);
    }

    // What stands in a definition as it is may still be a secret; the name of its field tells.
    private string Show(string name, ImmutableArray<Template> alternatives) =>
        PlainSecretSearch.NamesSecret(name) && alternatives.Any(static template => template.References.IsEmpty && template.Source.Length > 0)
            ? MaskedScope.Mask
            : Show(alternatives);

    private static void Mask(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (value is JsonValue && PlainSecretSearch.NamesSecret(name))
                    {
                        members[name] = MaskedScope.Mask;
                    }
                    else
                    {
                        Mask(value);
                    }
                }

                break;
            case JsonArray elements:
                foreach (var element in elements)
                {
                    Mask(element);
                }

                break;
        }
    }

    private static string Write(JsonNode tree)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            tree.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    private string Show(Template template) => string.Concat(TemplateParser.Split(template.Source).Select(Show));

    private string Show(TemplatePart part)
    {
        if (part.Expression is not { } expression)
        {
            return part.Literal;
        }

        if (expression.References.Any(MaskedScope.IsSecret))
        {
            return MaskedScope.Mask;
        }

        return expression.References.All(MaskedScope.IsKnown) && expression.Evaluate(scope).TryGetText(out var text)
            ? text
            : $"${{{expression.Source}}}";
    }

    private bool CanBeShown(Template template) =>
        template.References.All(reference => !MaskedScope.IsKnown(reference) || scope.Resolve(reference.Root, reference.Member).TryGetText(out _));
}
