namespace TokenKit.Benchmarks;

/// <summary>The figures of a run, in the order in which they were measured. A line is printed as soon as it is known.</summary>
/// <param name="only">The beginning of the names that are wanted; empty for all.</param>
/// <param name="output">Where the lines go.</param>
internal sealed class Figures(string only, TextWriter output)
{
    private readonly List<Figure> _figures = [];

    public IReadOnlyList<Figure> All => _figures;

    public void Add(string name, double? value, string unit)
    {
        var figure = new Figure(name, value, unit);
        if (name.StartsWith(only, StringComparison.Ordinal))
        {
            _figures.Add(figure);
            output.WriteLine(figure.Line);
        }
    }
}
