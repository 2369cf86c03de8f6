using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

/// <summary><c>docs/expressions.md</c> as data: its values and its examples.</summary>
internal static partial class ExpressionsPage
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(Root(), "docs", "expressions.md"));

    public static IEvaluationScope Values { get; } = new PageScope(JsonDocument.Parse(Blocks("json values").Single()).RootElement);

    /// <summary>The examples of the blocks of a kind: what is written, and what it gives.</summary>
    public static IEnumerable<(string Written, string Gives)> Examples(string kind) =>
        Blocks(kind)
            .SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(line => line.Split(" → "))
            .Select(parts => (parts[0], parts[1]));

    private static IEnumerable<string> Blocks(string kind) =>
        Block().Matches(Text).Where(match => match.Groups["kind"].Value == kind).Select(match => match.Groups["text"].Value);

    private static string Root([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));

    [GeneratedRegex(@"```(?<kind>[a-z ]+)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    private sealed class PageScope(JsonElement values) : IEvaluationScope
    {
        public ExpressionValue Resolve(string root, string? member)
        {
            var value = Find(values, root, StringComparison.Ordinal);
            if (root is "now" || (root, member) == ("token", "expiresAt"))
            {
                var time = member is null ? value : Find(value!.Value, member, StringComparison.Ordinal);
                return ExpressionValue.Of(time!.Value.GetDateTimeOffset());
            }

            var comparison = root == "header" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            return Of(member is null || value is null ? value : Find(value.Value, member, comparison));
        }

        private static JsonElement? Find(JsonElement element, string name, StringComparison comparison)
        {
            var member = element.EnumerateObject().FirstOrDefault(property => property.Name.Equals(name, comparison));
            return member.Value.ValueKind == JsonValueKind.Undefined ? null : member.Value;
        }

        private static ExpressionValue Of(JsonElement? element) => element is not { } value
            ? ExpressionValue.Absent
            : value.ValueKind switch
            {
                JsonValueKind.String => ExpressionValue.Of(value.GetString()),
                JsonValueKind.Number => new ExpressionValue.NumberValue(value.GetRawText()),
                JsonValueKind.True => ExpressionValue.True,
                JsonValueKind.False => ExpressionValue.False,
                JsonValueKind.Null => ExpressionValue.Null,
                JsonValueKind.Array => new ExpressionValue.ListValue([.. value.EnumerateArray().Select(item => Of(item))]),
                _ => new ExpressionValue.ObjectValue(
                    value.EnumerateObject().ToImmutableDictionary(property => property.Name, property => Of(property.Value))),
            };
    }
}
