using System.Globalization;
using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>Finds what a JSON tree holds that cannot be read or written: the platform throws for it, and not first when it is parsed.</summary>
internal static class JsonTreeTexts
{
    private const int Deepest = 64;

    /// <summary>Where and what; the path begins at the tree, such as <c>.credentials.keys[0]</c>.</summary>
    public static IEnumerable<(string Path, string Problem)> Problems(JsonNode? tree) => Problems(tree, "", 0);

    private static IEnumerable<(string Path, string Problem)> Problems(JsonNode? node, string path, int depth) => node switch
    {
        // What is deeper is refused by whoever compiles it.
        _ when depth > Deepest => [],
        JsonObject @object => MembersOf(@object) is { } members
            ? members.SelectMany(member => WellFormedText.Is(member.Key)
                ? Problems(member.Value, $"{path}.{member.Key}", depth + 1)
                : [(path, $"a name {WellFormedText.Problem}")])
            : [(path, $"a name {WellFormedText.Problem}")],
        JsonArray array => array.SelectMany((item, index) =>
            Problems(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), depth + 1)),
        JsonValue value => ProblemOf(value) is { } problem ? [(path, problem)] : [],
        _ => [],
    };

    // A tree that was parsed reads its names and texts when they are asked for.
    private static List<KeyValuePair<string, JsonNode?>>? MembersOf(JsonObject @object)
    {
        try
        {
            return [.. @object];
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? ProblemOf(JsonValue value)
    {
        try
        {
            if (value.TryGetValue<string>(out var text))
            {
                return WellFormedText.Is(text) ? null : $"the text {WellFormedText.Problem}";
            }
        }
        catch (InvalidOperationException)
        {
            return $"the text {WellFormedText.Problem}";
        }

        try
        {
            value.ToJsonString();
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return "the JSON tree holds a value that JSON cannot, such as an infinite number";
        }
    }
}
