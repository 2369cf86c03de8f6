using System.Text.Json;

namespace TokenKit.Tests;

/// <summary>The members of a JSON object, of which none may be left over.</summary>
internal sealed class StrictFields(JsonElement json, string where)
{
    private readonly Dictionary<string, JsonElement> _left = json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);

    public JsonElement? Take(string name) => _left.Remove(name, out var value) ? value : null;

    public string? Text(string name) => Take(name)?.GetString();

    public StrictFields? Child(string name) => Take(name) is { } value ? new StrictFields(value, $"{where}, {name}") : null;

    public void Finish()
    {
        if (_left.Count > 0)
        {
            throw new InvalidDataException($"Case '{where}' has fields that the reader does not know: {string.Join(", ", _left.Keys)}.");
        }
    }
}
