using System.Diagnostics;

namespace TokenKit.Benchmarks;

/// <summary>Measures all families, or those that are asked for, prints a line for each figure and then a table.</summary>
internal static class Compare
{
    private static readonly IReadOnlyList<IFamily> Families =
    [
        new GetFigures(),
        new CallFigures(),
        new ScaleFigures(),
        new LoopbackFigures(),
        HerdFigures.Cold,
        HerdFigures.Expired,
        new FailingHerdFigures(),
        new RenewFigures(),
        new RejectStormFigures(),
        new RejectAlwaysFigures(),
        new OutageFigures(),
        new KeysFigures(),
        new RefreshFigures(),
    ];

    /// <returns>The exit code: 0, or 2 when nothing has such a name.</returns>
    public static async Task<int> RunAsync(string only, TextWriter output)
    {
        var start = Stopwatch.GetTimestamp();
        var figures = new Figures(only, output);
        foreach (var family in Families.Where(family => Matches(family.Prefix, only)))
        {
            await family.MeasureAsync(SubjectKind.All, figures);

            // The next family does not pay for what this one left behind.
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        if (figures.All.Count == 0)
        {
            await output.WriteLineAsync($"No figure has a name that begins with '{only}'. Families: {string.Join(", ", Families.Select(family => family.Prefix))}.");
            return 2;
        }

        output.WriteLine();
        Table.Write(figures.All, output);
        output.WriteLine();
        output.WriteLine(FormattableString.Invariant($"Took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s on {Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}."));
        return 0;
    }

    private static bool Matches(string prefix, string only) =>
        prefix.StartsWith(only, StringComparison.Ordinal) || only.StartsWith(prefix, StringComparison.Ordinal);
}
