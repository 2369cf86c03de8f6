namespace Definitions;

/// <summary>The definitions that come with the sample: <c>apis/NAME.json</c> with <c>apis/NAME.answers.json</c>.</summary>
internal static class Catalogue
{
    private const string Answers = ".answers.json";

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "apis");

    public static IReadOnlyList<CatalogueEntry> All() =>
    [
        .. (Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.json") : [])
            .Where(static file => !file.EndsWith(Answers, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(static file => new CatalogueEntry(Path.GetFileNameWithoutExtension(file), file, Path.ChangeExtension(file, null) + Answers)),
    ];

    public static CatalogueEntry Find(string name) =>
        All().FirstOrDefault(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"There is no definition '{name}'; list shows what there is. A file of your own needs its answers beside it: check FILE ANSWERS.");
}
