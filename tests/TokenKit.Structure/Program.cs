using TokenKit.Structure;

// dotnet run --project tests/TokenKit.Structure -- [PROJECT FOLDER] [--arrows] [--all]
// Counts what docs/architecture.md and its test are about; --arrows lists each arrow that runs up and each circle, --all every arrow.
var project = args.FirstOrDefault(static argument => !argument.StartsWith('-')) ?? "src/TokenKit";
var graph = SourceGraph.Read(project);
var order = FolderOrder.OfTheCore;
var strangers = graph.Files.Select(static file => file.Folder).Distinct().Where(folder => !order.Knows(folder)).ToList();
if (strangers.Count > 0)
{
    Console.WriteLine($"The order does not name: {string.Join(", ", strangers)}");
    return 1;
}

var arrows = OrderCheck.ArrowsUp(graph, order);
var pairs = OrderCheck.MutualFolders(graph);
var circles = OrderCheck.Circles(graph);
Console.WriteLine($"{graph.Files.Count} files, {graph.Files.Sum(static file => file.Uses.Count)} arrows between files");
Console.WriteLine($"{arrows.Count} arrows up");
Console.WriteLine($"{pairs.Count} pairs of folders that use each other: {string.Join("; ", pairs)}");
Console.WriteLine($"{circles.Count} circles of files; the largest has {(circles.Count > 0 ? circles[0].Count : 0)} files");
if (args.Contains("--arrows"))
{
    foreach (var arrow in arrows)
    {
        Console.WriteLine($"  {arrow}");
    }

    foreach (var circle in circles)
    {
        Console.WriteLine($"  circle of {circle.Count}: {string.Join(", ", circle)}");
    }
}

if (args.Contains("--all"))
{
    foreach (var file in graph.Files)
    {
        foreach (var (path, types) in file.Uses)
        {
            Console.WriteLine($"{file.Path} -> {path} ({string.Join(", ", types)})");
        }
    }
}

return 0;
