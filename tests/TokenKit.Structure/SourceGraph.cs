using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TokenKit.Structure;

/// <summary>
/// Which source file of a project uses which other one, by the types of Roslyn's semantic model. What only a comment names does not count.
/// Generated parts are missing from the compilation; that leaves bodies without a declaration here and there, and no name unresolved.
/// </summary>
public sealed class SourceGraph
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private SourceGraph(IReadOnlyList<SourceFile> files) => Files = files;

    /// <summary>All files, sorted by path.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Reads every source file below <paramref name="project"/>, the folder of a project.</summary>
    public static SourceGraph Read(string project)
    {
        var paths = Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        var trees = paths.Select(path => CSharpSyntaxTree.ParseText(
            File.ReadAllText(path),
            new CSharpParseOptions(LanguageVersion.Latest),
            Path.GetRelativePath(project, path).Replace('\\', '/'))).ToList();
        var compilation = CSharpCompilation.Create(
            "Structure",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, new CSharpParseOptions(LanguageVersion.Latest))],
            References(),
            // Without nullable annotations: which types are used does not depend on them, and their flow analysis takes most of the time.
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Disable));

        var known = trees.Select(static tree => tree.FilePath).ToHashSet(StringComparer.Ordinal);
        return new SourceGraph([.. trees.Select(tree => FileOf(tree, compilation.GetSemanticModel(tree), known))]);
    }

    private static SourceFile FileOf(SyntaxTree tree, SemanticModel model, HashSet<string> known)
    {
        var file = new SourceFile(tree.FilePath);
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            foreach (var type in TypesOf(model, node))
            {
                foreach (var path in type.DeclaringSyntaxReferences.Select(static part => part.SyntaxTree.FilePath))
                {
                    // A partial type is at home in each of its files.
                    if (known.Contains(path) && type.DeclaringSyntaxReferences.All(part => part.SyntaxTree != tree))
                    {
                        if (!file.Uses.TryGetValue(path, out var types))
                        {
                            file.Uses[path] = types = new SortedSet<string>(StringComparer.Ordinal);
                        }

                        types.Add(type.Name);
                    }
                }
            }
        }

        return file;
    }

    private static bool IsNamespace(SimpleNameSyntax name) =>
        name.Ancestors().Any(static node => node is UsingDirectiveSyntax)
        || name.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>() is { } space && space.Name.Span.Contains(name.Span);

    private static IEnumerable<INamedTypeSymbol> TypesOf(SemanticModel model, SyntaxNode node) => node switch
    {
        SimpleNameSyntax name when !IsNamespace(name) => TypesOf(model.GetSymbolInfo(name)),
        ImplicitObjectCreationExpressionSyntax creation when model.GetTypeInfo(creation).Type is INamedTypeSymbol made => [Outermost(made)],
        _ => [],
    };

    /// <summary>The type that a name stands for, or the one that declares the member.</summary>
    private static IEnumerable<INamedTypeSymbol> TypesOf(SymbolInfo info)
    {
        var symbol = info.Symbol ?? (info.CandidateSymbols is [var candidate, ..] ? candidate : null);
        return symbol switch
        {
            INamedTypeSymbol type => [Outermost(type)],
            IMethodSymbol { ReducedFrom: { } extension } => [Outermost(extension.ContainingType)],
            IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol when symbol.ContainingType is { } owner => [Outermost(owner)],
            _ => [],
        };
    }

    private static INamedTypeSymbol Outermost(INamedTypeSymbol type)
    {
        while (type.ContainingType is { } outer)
        {
            type = outer;
        }

        return type.OriginalDefinition;
    }

    private static IEnumerable<MetadataReference> References()
    {
        var platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return platform.Split(Path.PathSeparator)
            .Where(static path => !Path.GetFileName(path).StartsWith("TokenKit", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path));
    }
}
