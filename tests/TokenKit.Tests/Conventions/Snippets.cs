using System.Text.RegularExpressions;

namespace TokenKit.Tests;

/// <summary>Code blocks of documents and the compiled regions they are copies of.</summary>
/// <remarks>
/// In a document, a comment names the region; in a source file, two comments bound it:
/// <code>
/// &lt;!-- snippet: name --&gt;      // begin-snippet: name
/// ```csharp                   …
/// …                           // end-snippet
/// ```
/// </code>
/// </remarks>
internal static partial class Snippets
{
    /// <summary>A C# block of a document; without a name where no comment stands before it.</summary>
    public sealed record Block(string? Name, string Code, int Start, int Length);

    public static IReadOnlyList<Block> BlocksOf(string document) =>
        [.. CodeBlock().Matches(document).Select(match => new Block(
            match.Groups["name"].Success ? match.Groups["name"].Value : null,
            match.Groups["code"].Value,
            match.Groups["code"].Index,
            match.Groups["code"].Length))];

    /// <summary>The regions of a source file by name, their common indentation taken away.</summary>
    public static IEnumerable<KeyValuePair<string, string>> RegionsOf(string source)
    {
        foreach (Match match in Region().Matches(source))
        {
            var lines = match.Groups["code"].Value.TrimEnd().Split('\n');
            var indentation = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
            yield return new(match.Groups["name"].Value, string.Join('\n', lines.Select(line => line.Trim().Length == 0 ? "" : line[indentation..])) + "\n");
        }
    }

    /// <summary>Puts the regions' present code into a document's blocks.</summary>
    public static string Update(string document, IReadOnlyDictionary<string, string> regions) =>
        BlocksOf(document).Reverse().Aggregate(document, (text, block) => block.Name is not null && regions.TryGetValue(block.Name, out var code)
            ? string.Concat(text.AsSpan(0, block.Start), code, text.AsSpan(block.Start + block.Length))
            : text);

    [GeneratedRegex(@"(?:<!--\s*snippet:\s*(?<name>[\w.-]+)\s*-->\s*\n)?^```(?:csharp|cs|c#)[^\n]*\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^[ \t]*// begin-snippet:[ \t]*(?<name>[\w.-]+)[ \t]*\n(?<code>.*?)^[ \t]*// end-snippet", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();
}
