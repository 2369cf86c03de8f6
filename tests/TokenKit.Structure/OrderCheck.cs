namespace TokenKit.Structure;

/// <summary>What the order of folders is held to: arrows that run up, folders that use each other, circles of files.</summary>
public static class OrderCheck
{
    /// <summary>Each use of a file in a folder above.</summary>
    public static IReadOnlyList<Arrow> ArrowsUp(SourceGraph graph, FolderOrder order)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(order);
        return [.. BetweenFolders(graph).Where(use => order.IsUp(use.From.Folder, use.To.Folder)).Select(static use => use.Arrow)];
    }

    /// <summary>The pairs of folders of which each uses the other.</summary>
    public static IReadOnlyList<string> MutualFolders(SourceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var uses = BetweenFolders(graph).Select(static use => (From: use.From.Folder, To: use.To.Folder)).ToHashSet();
        return [.. uses
            .Where(pair => string.CompareOrdinal(pair.From, pair.To) < 0 && uses.Contains((pair.To, pair.From)))
            .Select(static pair => $"{pair.From} <-> {pair.To}")
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>The groups of two or more files of which each reaches every other one, the largest first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Circles(SourceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var reachable = graph.Files.ToDictionary(static file => file.Path, file => Reachable(file.Path, ByPath(graph)), StringComparer.Ordinal);
        return [.. graph.Files
            .Select(file => reachable[file.Path].Where(other => reachable[other].Contains(file.Path)).Order(StringComparer.Ordinal).ToList())
            .Where(static circle => circle.Count > 1)
            .DistinctBy(static circle => circle[0])
            .OrderByDescending(static circle => circle.Count)];
    }

    private static Dictionary<string, SourceFile> ByPath(SourceGraph graph) => graph.Files.ToDictionary(static file => file.Path, StringComparer.Ordinal);

    private static IEnumerable<(SourceFile From, SourceFile To, Arrow Arrow)> BetweenFolders(SourceGraph graph)
    {
        var files = ByPath(graph);
        return from file in graph.Files
               from use in file.Uses
               let target = files[use.Key]
               where target.Folder != file.Folder
               select (file, target, new Arrow(file.Path, target.Path, string.Join(", ", use.Value)));
    }

    private static HashSet<string> Reachable(string start, Dictionary<string, SourceFile> files)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([start]);
        while (open.TryPop(out var path))
        {
            foreach (var next in files[path].Uses.Keys.Where(seen.Add))
            {
                open.Push(next);
            }
        }

        return seen;
    }
}
