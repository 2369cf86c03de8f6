using System.Text.Json.Nodes;

namespace TokenKit.Definitions.Configuration;

/// <summary>
/// Reads a <c>Json</c> body: one text that is JSON with expressions, or a tree, in which every leaf is a string, since
/// configuration keeps no types.
/// </summary>
internal static class ConfigurationJson
{
    /// <summary>Reads a body; an empty object, which configuration does not tell from nothing, is one.</summary>
    public static JsonNode ReadBody(ConfigurationValue value) => Read(value) ?? new JsonObject();

    public static JsonNode? Read(ConfigurationValue value)
    {
        if (value.Children.IsEmpty)
        {
            return value.Text is null ? null : JsonValue.Create(value.Text);
        }

        if (value.IsList)
        {
            return new JsonArray([.. value.Children.Select(Read)]);
        }

        var tree = new JsonObject();
        foreach (var child in value.Children)
        {
            tree[child.Key] = Read(child);
        }

        return tree;
    }
}
