using System.Text.RegularExpressions;

namespace TokenKit.Tests;

/// <summary>A subject has one place in the pages; everywhere else leads there.</summary>
public sealed partial class PageTests
{
    [Theory]
    [InlineData("bod(y|ies)", "docs/calls.md: Which bodies are sent again", "docs/definitions.md")]
    [InlineData("services?.discovery|discovery of", "docs/calls.md: Service discovery")]
    [InlineData("(?<!token in a )cookies?", "docs/calls.md: Cookies")]
    [InlineData("call(er)?s? waits?", "docs/freshness.md: What a caller waits")]
    public void Some_subjects_have_one_heading(string subject, string heading, string? pageOfOtherBodies = null) =>
        Headings().Where(one => pageOfOtherBodies is null || !one.StartsWith(pageOfOtherBodies, StringComparison.Ordinal))
            .Where(one => Regex.IsMatch(one, subject, RegexOptions.IgnoreCase))
            .Should().Equal(heading);

    [Fact]
    public void Links_to_headings_lead_somewhere()
    {
        var anchors = Headings().Select(static heading => heading.Split(": ", 2)).Select(static parts => (parts[0], Anchor(parts[1]))).ToHashSet();
        foreach (var page in Pages())
        {
            foreach (Match link in Link().Matches(RepositoryFiles.Read(page)))
            {
                var target = link.Groups["page"].Value is { Length: > 0 } other ? Path.Combine(Path.GetDirectoryName(page)!, other).Replace('\\', '/') : page;
                anchors.Should().Contain((target, link.Groups["anchor"].Value), $"{page} links there");
            }
        }
    }

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(RepositoryFiles.Root, "README.md"))
            .Select(static path => Path.GetRelativePath(RepositoryFiles.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Headings() =>
        Pages().SelectMany(static page => RepositoryFiles.Read(page).Split('\n')
            .Where(static line => line.StartsWith('#'))
            .Select(line => $"{page}: {line.TrimStart('#').Trim()}"));

    // As the usual readers of Markdown make them.
    private static string Anchor(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<page>[a-z-]*\.md)?#(?<anchor>[a-z0-9_-]+)\)")]
    private static partial Regex Link();
}
