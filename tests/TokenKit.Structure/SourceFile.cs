namespace TokenKit.Structure;

/// <summary>One source file, by its path below the project, with the other files whose types it names.</summary>
public sealed record SourceFile(string Path)
{
    /// <summary>The files that declare a type which this file uses, each with the names of these types.</summary>
    public SortedDictionary<string, SortedSet<string>> Uses { get; } = new(StringComparer.Ordinal);

    /// <summary>The first folder of the path.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : "";
}
