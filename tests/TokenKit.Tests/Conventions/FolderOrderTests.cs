using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TokenKit.Structure;

namespace TokenKit.Tests;

/// <summary>
/// The folders of the core have an order, in which a call goes down (docs/architecture.md). It is held by the types that files use;
/// <c>dotnet run --project tests/TokenKit.Structure -- --arrows</c> lists what goes against it.
/// </summary>
public sealed class FolderOrderTests
{
    private const int MostMutualFolders = 3;
    private const int LargestCircle = 8;

    /// <summary>Uses of a folder above, each with its reason: three at most.</summary>
    private static readonly Dictionary<string, string> UpByDesign = new()
    {
        ["Refresh/IRequestSigner.cs -> Source/AccessToken.cs"] = "One contract signs token requests and API calls; only the latter have a token.",
    };

    private static readonly Lazy<SourceGraph> Core = new(static () => SourceGraph.Read(Project));

    private static string Project => Path.Combine(RepositoryFiles.Root, "src", "TokenKit");

    [Fact]
    public void Every_folder_has_a_place_in_the_order()
    {
        var strangers = Core.Value.Files.Select(static file => file.Folder).Distinct().Where(static folder => !FolderOrder.OfTheCore.Knows(folder));

        strangers.Should().BeEmpty("a new folder belongs into the order, at the height of what uses it and what it uses");
    }

    [Fact]
    public void A_file_uses_no_folder_above_its_own()
    {
        var arrows = OrderCheck.ArrowsUp(Core.Value, FolderOrder.OfTheCore);

        arrows.Where(static arrow => !UpByDesign.ContainsKey($"{arrow.From} -> {arrow.To}")).Select(static arrow => arrow.ToString()).Should().BeEmpty();
        UpByDesign.Keys.Should().BeSubsetOf(arrows.Select(static arrow => $"{arrow.From} -> {arrow.To}"), "an exception that is gone leaves the list");
        UpByDesign.Should().HaveCountLessThanOrEqualTo(3);
    }

    [Fact]
    public void Folders_hardly_ever_use_each_other() =>
        OrderCheck.MutualFolders(Core.Value).Should().HaveCountLessThanOrEqualTo(MostMutualFolders);

    [Fact]
    public void No_circle_of_files_is_too_large_to_hold_in_mind() =>
        OrderCheck.Circles(Core.Value).Where(static circle => circle.Count > LargestCircle).Should().BeEmpty();

    [Fact]
    public void Internal_types_have_the_namespace_of_their_folder_and_public_ones_that_of_the_product()
    {
        var strays = Directory.EnumerateFiles(Project, "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Misplaced(path, NamespaceOf(path)));

        strays.Should().BeEmpty("one `using` is enough for users, and inside a name says where a thing stands");
    }

    [Fact]
    public void The_tests_have_the_folders_of_what_they_test()
    {
        string[] ofTheTests = ["Conventions", "Corpus", "Documents", "PublicApi", "Support", "Testing"];
        const string Tests = "tests/TokenKit.Tests/";

        var strays = RepositoryFiles.Tracked()
            .Where(static path => path.StartsWith(Tests, StringComparison.Ordinal) && path.Count(static letter => letter == '/') > 2)
            .Select(static path => path[Tests.Length..path.IndexOf('/', Tests.Length)])
            .Distinct().Except(ofTheTests).Where(static folder => !FolderOrder.OfTheCore.Knows(folder));

        strays.Should().BeEmpty();
    }

    private static string NamespaceOf(string path) =>
        $"TokenKit.{Path.GetRelativePath(Project, Path.GetDirectoryName(path)!).Replace(Path.DirectorySeparatorChar, '.')}";

    private static IEnumerable<string> Misplaced(string path, string ofItsFolder)
    {
        var types = CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
            .Where(static member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && member.Parent is BaseNamespaceDeclarationSyntax);
        foreach (var type in types)
        {
            var written = ((BaseNamespaceDeclarationSyntax)type.Parent!).Name.ToString();
            var wanted = type.Modifiers.Any(SyntaxKind.PublicKeyword) ? "TokenKit" : ofItsFolder;
            if (written != wanted)
            {
                yield return $"{Path.GetRelativePath(Project, path)}: {written}, not {wanted}";
            }
        }
    }
}
