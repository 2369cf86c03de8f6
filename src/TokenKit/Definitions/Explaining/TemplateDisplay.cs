using System.Collections.Immutable;

namespace TokenKit;

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
        [.. fields.Select(field => KeyValuePair.Create(field.Name, Show(field.Alternatives)))];

    public ImmutableArray<KeyValuePair<string, string>> Show(ImmutableArray<PlacedField> fields) =>
        [.. fields.Select(field => KeyValuePair.Create(field.Name, Show(field.Value)))];

    /// <summary>Functions around a secret give the mask's own hash or code in JSON, which is as little of a secret as the mask.</summary>
    public string Show(JsonTemplate template)
    {
        var rendered = template.Render(scope);
        return rendered.IsText ? rendered.Text : $"cannot be shown: {rendered.Unresolved}";
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
