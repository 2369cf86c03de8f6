using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>Writes the schema by which editors complete and check a definition, from the table of keys.</summary>
internal static class ConfigurationSchemaText
{
    private const string Forms = @"[0-9]+(\.[0-9]+)?(w|d|h|m|s|ms)([0-9]+(\.[0-9]+)?(d|h|m|s|ms))*|P.+|([0-9]+\.)?[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write()
    {
        var definitions = new JsonObject();
        foreach (var section in DefinitionKeys.Sections)
        {
            var properties = new JsonObject();
            foreach (var key in section.Keys)
            {
                properties[key.Name] = Property(section, key);
            }

            definitions[section.Name] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = Plain(OptionDocumentation.SummaryOf(section)),
                ["additionalProperties"] = false,
                ["properties"] = properties,
            };
        }

        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["TokenRefresh"] = new JsonObject
                {
                    ["type"] = "object",
                    ["description"] = "The tokens of TokenKit, by token name.",
                    ["additionalProperties"] = Reference(DefinitionKeys.Token),
                },
                ["Secrets"] = new JsonObject
                {
                    ["type"] = "object",
                    ["description"] = "The values of ${secret.NAME}; best from user secrets, the environment or a vault.",
                },
            },
            ["definitions"] = definitions,
        };
        return schema.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Property(IConfigurationKeyTable section, ConfigurationKey key)
    {
        // In this draft, nothing stands beside a reference.
        if (key.Kind is ConfigurationKeyKind.Section)
        {
            return Reference(key.Section!());
        }

        var property = Type(section, key);
        property["description"] = Describe(section, key);
        if (key is { Words.Count: > 0, Kind: ConfigurationKeyKind.Text })
        {
            property["enum"] = new JsonArray([.. key.Words.Select(static word => JsonValue.Create(word))]);
        }

        if (key.Default is { } value)
        {
            property["default"] = Literal(value);
        }

        if (key.Range is { Least: not TimeSpan } range)
        {
            property[range.IsOpen ? "exclusiveMinimum" : "minimum"] = Literal(range.Least);
            property[range.IsOpen ? "exclusiveMaximum" : "maximum"] = Literal(range.Most);
        }

        if (key.Example is { } example)
        {
            property["examples"] = new JsonArray(ReadExample(key, example));
        }

        return property;
    }

    /// <summary>An example as it stands in JSON.</summary>
    public static JsonNode ReadExample(ConfigurationKey key, string example) => key.Kind switch
    {
        ConfigurationKeyKind.Integer => JsonValue.Create(int.Parse(example, CultureInfo.InvariantCulture)),
        ConfigurationKeyKind.Number => JsonValue.Create(double.Parse(example, CultureInfo.InvariantCulture)),
        _ => example[0] is '{' or '[' ? JsonNode.Parse(example)! : JsonValue.Create(example),
    };

    private static JsonObject Type(IConfigurationKeyTable section, ConfigurationKey key) => key.Kind switch
    {
        ConfigurationKeyKind.Text => new() { ["type"] = "string" },
        ConfigurationKeyKind.Texts => Texts(),
        ConfigurationKeyKind.Flag => new() { ["type"] = "boolean" },
        ConfigurationKeyKind.Integer => new() { ["type"] = "integer" },
        ConfigurationKeyKind.Number => new() { ["type"] = "number" },
        ConfigurationKeyKind.Duration => new() { ["type"] = "string", ["pattern"] = $"^({(key.Range!.AllowsNever ? "never|" : "")}{string.Concat(key.Words.Select(static word => word + "|"))}{Forms})$" },
        ConfigurationKeyKind.Json => new()
        {
            ["anyOf"] = new JsonArray(Of("object"), Of("array"), Of("string")),
        },
        ConfigurationKeyKind.Fields => new()
        {
            ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "object", ["additionalProperties"] = Texts() }, Pairs()),
        },
        ConfigurationKeyKind.Values => new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = new JsonObject { ["anyOf"] = new JsonArray(Of("string"), List(Of("string")), Reference(key.Section!())) },
                },
                Pairs()),
        },
        ConfigurationKeyKind.Map => new() { ["type"] = "object", ["additionalProperties"] = Of("string") },
        ConfigurationKeyKind.Named => new() { ["type"] = "object", ["additionalProperties"] = Reference(key.Section!()) },
        ConfigurationKeyKind.List => List(Reference(key.Section!())),
        _ => throw new NotSupportedException($"{section.Name}.{key.Name} is of a kind that the schema does not write yet."),
    };

    private static string Describe(IConfigurationKeyTable section, ConfigurationKey key)
    {
        var says = $"{OptionDocumentation.SummaryOf(section, key)} {OptionDocumentation.ValueOf(section, key)}".TrimEnd();
        return Plain(says + key.Kind switch
        {
            ConfigurationKeyKind.Duration => " A duration with its unit: 55m, PT55M, 00:55:00.",
            ConfigurationKeyKind.Fields => " An object of names and templates, or an array of \"name=template\" where order or repetition matters.",
            ConfigurationKeyKind.Values => " An object of names and expressions, or of objects with Expression and Secret.",
            _ => "",
        });
    }

    private static JsonValue Literal(object value) => value switch
    {
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        _ => JsonValue.Create(KeyTexts.Written(value)),
    };

    private static string Plain(string markdown) => markdown.Replace("`", "", StringComparison.Ordinal);

    private static JsonObject Texts() => new() { ["anyOf"] = new JsonArray(Of("string"), List(Of("string"))) };

    private static JsonObject Pairs() => List(new JsonObject { ["type"] = "string", ["pattern"] = "=" });

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Of(string type) => new() { ["type"] = type };

    private static JsonObject Reference(IConfigurationKeyTable section) => new() { ["$ref"] = $"#/definitions/{section.Name}" };
}
