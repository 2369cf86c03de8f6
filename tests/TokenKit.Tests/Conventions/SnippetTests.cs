namespace TokenKit.Tests;

/// <summary>Every C# block in a document compiles, because it is a copy of a region that does.</summary>
public sealed class SnippetTests
{
    [Fact]
    public void Every_code_block_of_the_documents_is_a_compiled_region()
    {
        var regions = Regions();
        foreach (var path in Documents())
        {
            var document = RepositoryFiles.Read(path);
            if (Approval.IsGiven)
            {
                File.WriteAllText(Path.Combine(RepositoryFiles.Root, path), Snippets.Update(document, regions));
                continue;
            }

            foreach (var block in Snippets.BlocksOf(document))
            {
                block.Name.Should().NotBeNull("a block in {0} has no `<!-- snippet: name -->` before it:\n{1}", path, block.Code);
                regions.Should().ContainKey(block.Name!, "{0} shows it, and no file has `// begin-snippet: {1}`", path, block.Name);
                block.Code.Should().Be(regions[block.Name!], "{0} shows the region '{1}'; {2}", path, block.Name, Approval.Command);
            }
        }
    }

    [Fact]
    public void Every_region_is_shown_in_a_document()
    {
        var shown = Documents().SelectMany(path => Snippets.BlocksOf(RepositoryFiles.Read(path))).Select(block => block.Name);

        Regions().Keys.Except(shown).Should().BeEmpty("a region nobody shows is noise in the file that holds it");
    }

    [Fact]
    public void A_block_without_a_name_is_found_as_such()
    {
        var blocks = Snippets.BlocksOf("text\n```csharp\nvar a = 1;\n```\n<!-- snippet: two -->\n```csharp\nvar b = 2;\n```\n```json\n{}\n```\n");

        blocks.Select(block => (block.Name, block.Code)).Should().Equal((null, "var a = 1;\n"), ("two", "var b = 2;\n"));
    }

    [Fact]
    public void A_region_loses_its_indentation_and_keeps_its_shape()
    {
        var source = "class C\n{\n    // begin" + "-snippet: one\n    if (x)\n    {\n        y();\n    }\n\n    z();\n    // end" + "-snippet\n}\n";

        var region = Snippets.RegionsOf(source).Should().ContainSingle().Subject;
        region.Key.Should().Be("one");
        region.Value.Should().Be("if (x)\n{\n    y();\n}\n\nz();\n");
    }

    [Fact]
    public void Approval_replaces_the_code_of_named_blocks_and_nothing_else()
    {
        var document = "a\n<!-- snippet: one -->\n```csharp\nold\n```\nb\n```csharp\nkept\n```\n";

        var updated = Snippets.Update(document, new Dictionary<string, string> { ["one"] = "new\n" });

        updated.Should().Be("a\n<!-- snippet: one -->\n```csharp\nnew\n```\nb\n```csharp\nkept\n```\n");
    }

    private static IEnumerable<string> Documents() => RepositoryFiles.Tracked()
        .Where(path => path.EndsWith(".md", StringComparison.Ordinal) && !path.StartsWith("tests/interop/", StringComparison.Ordinal));

    private static Dictionary<string, string> Regions() => RepositoryFiles.Tracked()
        .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && (path.StartsWith("tests/", StringComparison.Ordinal) || path.StartsWith("samples/", StringComparison.Ordinal)))
        .SelectMany(path => Snippets.RegionsOf(RepositoryFiles.Read(path)))
        .ToDictionary();
}
