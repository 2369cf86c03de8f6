using System.Diagnostics;

namespace TokenKit.Benchmarks;

/// <summary>How many times the calls of one thread two threads make together.</summary>
internal sealed class ScaleFigures : IFamily
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(16);
    private static readonly TimeSpan Slice = TimeSpan.FromMicroseconds(300);

    // Two threads need both processors, and others use them too: what counts are the rounds that had them.
    private const double Undisturbed = 0.05;

    public string Prefix => "scale2";

    public async Task MeasureAsync(IReadOnlyList<SubjectKind> kinds, Figures figures)
    {
        using var contenders = new CallContenders(kinds, () => new() { Endpoint = new() });
        using var threads = new TwoThreads();
        var times = new Dictionary<string, int>();
        foreach (var contender in contenders.All)
        {
            await contender.RunAsync(2000);
            await Task.Delay(100);
            times[contender.Name] = Math.Max(1, (int)(Slice.TotalNanoseconds / threads.Run(contender.RunAsync, 2000, threads: 1)));
        }

        var alone = contenders.All.ToDictionary(contender => contender.Name, _ => new List<double>());
        var together = contenders.All.ToDictionary(contender => contender.Name, _ => new List<double>());
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < Budget)
        {
            foreach (var contender in contenders.All)
            {
                alone[contender.Name].Add(threads.Run(contender.RunAsync, times[contender.Name], threads: 1));
                together[contender.Name].Add(threads.Run(contender.RunAsync, times[contender.Name], threads: 2));
            }
        }

        foreach (var kind in kinds)
        {
            figures.Add($"scale2.{kind.Name}", Of(kind.Name), "x");
        }

        figures.Add("scale2.noise.median_x", Of("bare again") - Of("bare"), "x");

        double Of(string name) => Rounds.Quantile(alone[name], Undisturbed) / Rounds.Quantile(together[name], Undisturbed);
    }
}
