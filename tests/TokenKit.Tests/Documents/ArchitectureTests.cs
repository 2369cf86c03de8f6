using System.Text.RegularExpressions;
using TokenKit.Structure;

namespace TokenKit.Tests;

/// <summary>docs/architecture.md names files and folders that exist, all folders, and no more words than one can learn.</summary>
public sealed partial class ArchitectureTests
{
    private const int MostWords = 30;

    private static readonly string Page = RepositoryFiles.Read("docs/architecture.md");

    [Fact]
    public void Every_file_and_folder_that_the_page_names_exists()
    {
        var named = Paths().Matches(Page).Select(static match => match.Groups[1].Value).ToList();

        named.Should().HaveCountGreaterThan(20);
        named.Where(static path => !Exists(path)).Should().BeEmpty();
    }

    [Fact]
    public void The_picture_shows_every_folder_in_its_order()
    {
        var picture = Page[Page.IndexOf("```", StringComparison.Ordinal)..Page.IndexOf("## Words", StringComparison.Ordinal)];
        var places = FolderOrder.OfTheCore.Folders.Select(folder => picture.IndexOf($" {folder} ", StringComparison.Ordinal));

        places.Should().OnlyContain(static place => place > 0).And.BeInAscendingOrder();
    }

    [Fact]
    public void The_glossary_has_at_most_thirty_words() =>
        Page.Split("## Words")[1].Split("## Three walks")[0].Split('\n').Count(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Word", StringComparison.Ordinal))
            .Should().BeInRange(10, MostWords);

    private static bool Exists(string path)
    {
        var full = Path.Combine(RepositoryFiles.Root, path.StartsWith("tests/", StringComparison.Ordinal) || path.StartsWith("src/", StringComparison.Ordinal) ? path : $"src/TokenKit/{path}");
        return File.Exists(full) || Directory.Exists(full);
    }

    [GeneratedRegex("`([A-Za-z.]+(?:/[A-Za-z.]+)+)`")]
    private static partial Regex Paths();
}
