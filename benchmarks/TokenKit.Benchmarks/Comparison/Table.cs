namespace TokenKit.Benchmarks;

/// <summary>The figures for people: a row for each kind of figure, a column for each subject.</summary>
internal static class Table
{
    private const int NameWidth = 26;
    private const int Width = 10;

    public static void Write(IReadOnlyList<Figure> figures, TextWriter output)
    {
        var subjects = SubjectKind.All.Select(kind => kind.Name).ToArray();
        output.WriteLine("| " + "figure".PadRight(NameWidth) + " | " + string.Join(" | ", subjects.Select(name => name.PadLeft(Width))) + " |");
        output.WriteLine("|" + new string('-', NameWidth + 2) + "|" + string.Concat(subjects.Select(_ => new string('-', Width + 1) + ":|")));
        foreach (var row in figures.GroupBy(RowOf))
        {
            var cells = subjects.Select(subject => row.FirstOrDefault(figure => SubjectOf(figure) == subject)?.Text ?? "").ToArray();
            if (cells.Any(cell => cell.Length > 0))
            {
                output.WriteLine("| " + row.Key.PadRight(NameWidth) + " | " + string.Join(" | ", cells.Select(cell => cell.PadLeft(Width))) + " |");
            }
        }
    }

    private static string? SubjectOf(Figure figure) =>
        figure.Name.Split('.').FirstOrDefault(part => SubjectKind.All.Any(kind => kind.Name == part));

    private static string RowOf(Figure figure) =>
        string.Join('.', figure.Name.Split('.').Where(part => part != SubjectOf(figure))) is var name && name.EndsWith(figure.Unit, StringComparison.Ordinal)
            ? name
            : $"{name} ({figure.Unit})";
}
