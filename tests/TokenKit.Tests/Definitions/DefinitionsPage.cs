using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace TokenKit.Tests;

/// <summary><c>docs/definitions.md</c> as data: its table, its secrets and its examples.</summary>
internal static partial class DefinitionsPage
{
    public static string Text { get; } = RepositoryFiles.Read("docs/definitions.md");

    /// <summary>The anchors that the table leads to.</summary>
    public static IReadOnlyList<string> Anchors { get; } = [.. Link().Matches(Text).Select(match => match.Groups["anchor"].Value)];

    /// <summary>The secrets that all examples share.</summary>
    public static string Secrets { get; } = Blocks(Text).First(block => block.Kind == "json secrets").Text;

    public static IReadOnlyList<Example> Examples { get; } = [.. Section().Matches(Text)
        .Select(match => new Example(match.Groups["title"].Value.Trim(), [.. Blocks(match.Groups["text"].Value)]))
        .Where(example => example.Blocks.Any(block => block.Kind == "json"))];

    public static string AnchorOf(string title) =>
        string.Concat(title.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-')).Replace(' ', '-');

    private static IEnumerable<Block> Blocks(string text) =>
        Code().Matches(text).Select(match => new Block(match.Groups["kind"].Value.Trim(), match.Groups["text"].Value));

    [GeneratedRegex(@"^### (?<title>[^\n]+)\n(?<text>.*?)(?=^##|\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^```(?<kind>[a-z ]+)\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(#(?<anchor>[a-z0-9-]+)\)")]
    private static partial Regex Link();

    /// <summary>A habit, the definition that serves it, and what then happens.</summary>
    public sealed record Example(string Title, ImmutableArray<Block> Blocks)
    {
        public override string ToString() => Title;
    }

    /// <summary>A block of the page: <c>json</c>, <c>http sent</c>, <c>http answer</c>, <c>http call</c> or <c>text</c>.</summary>
    public sealed record Block(string Kind, string Text);
}
