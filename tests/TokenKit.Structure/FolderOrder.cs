namespace TokenKit.Structure;

/// <summary>An order of folders from top to bottom, in which each uses only those below it; folders of one row do not use each other.</summary>
public sealed class FolderOrder
{
    private readonly Dictionary<string, int> _rows;

    /// <summary>Takes the rows from top to bottom, the folders of a row separated by blanks.</summary>
    public FolderOrder(params string[] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _rows = rows
            .SelectMany(static (row, index) => row.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(folder => (folder, index)))
            .ToDictionary(static entry => entry.folder, static entry => entry.index, StringComparer.Ordinal);
    }

    /// <summary>The order of the folders of the core, in which a call goes down.</summary>
    public static FolderOrder OfTheCore { get; } = new(
        "DependencyInjection",
        "Checking",
        "Http",
        "Scheduling",
        "Health",
        "Inspection Events",
        "Source",
        "Refresh",
        "Placement",
        "Storage",
        "Definitions",
        "Language",
        "Diagnostics",
        "Values",
        "Work");

    /// <summary>Every folder, from top to bottom.</summary>
    public IEnumerable<string> Folders => _rows.OrderBy(static entry => entry.Value).Select(static entry => entry.Key);

    /// <summary>Whether the order names this folder.</summary>
    public bool Knows(string folder) => _rows.ContainsKey(folder);

    /// <summary>Whether a use of <paramref name="to"/> in <paramref name="from"/> goes against the order.</summary>
    public bool IsUp(string from, string to) => from != to && _rows[to] <= _rows[from];
}
