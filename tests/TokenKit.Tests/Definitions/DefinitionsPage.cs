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
        .Select(match => new Example(match.Groups["title"].Value.Trim(), match.Groups["text"].Value.Split("```")[0].Trim(), [.. Blocks(match.Groups["text"].Value)]))
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
    public sealed record Example(string Title, string Says, ImmutableArray<Block> Blocks)
    {
        public override string ToString() => Title;
    }

    /// <summary>
    /// A block of the page: <c>json</c>; <c>http sent</c> and <c>http answer</c> of a token endpoint; <c>text</c>, what a refresh comes to;
    /// <c>http call</c> and <c>http api</c>, a call as it arrives and what the API answers first; <c>text path</c>, what the program calls;
    /// <c>text fault</c>, why the host does not start.
    /// </summary>
    public sealed record Block(string Kind, string Text);
}
