using System.Diagnostics;

namespace TokenKit.Benchmarks;

/// <summary>Measures contenders in short rounds, one after the other in each, so that a disturbance meets them all alike.</summary>
internal static class Rounds
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(250);

    /// <param name="contenders">Who takes part.</param>
    /// <param name="slice">How long one of them is at work in a round.</param>
    /// <param name="budget">How long all of it may take.</param>
    public static async Task MeasureAsync(IReadOnlyList<Contender> contenders, TimeSpan slice, TimeSpan budget)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(budget.TotalSeconds * Stopwatch.Frequency);

        // Twice, with others between: what was called often is compiled again in the background, from what the first turn saw.
        for (var turn = 0; turn < 2; turn++)
        {
            foreach (var contender in contenders)
            {
                await WarmUpAsync(contender, slice);
            }
        }

        for (var round = 0; Stopwatch.GetTimestamp() < deadline; round++)
        {
            for (var place = 0; place < contenders.Count; place++)
            {
                // Nobody is always first after the one that leaves the most garbage.
                await MeasureOnceAsync(contenders[(place + round) % contenders.Count]);
            }
        }
    }

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min((int)(share * sorted.Length), sorted.Length - 1)];
    }

    /// <summary>The median of what one cost more than the other in the same round.</summary>
    public static double Added(List<double> values, List<double> without) =>
        Median(values.Zip(without, static (one, other) => one - other));

    private static async Task WarmUpAsync(Contender contender, TimeSpan slice)
    {
        // By the best turn: after one that was disturbed, a round would be so short that it measures the measuring.
        var best = double.MaxValue;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            var before = Stopwatch.GetTimestamp();
            await contender.RunAsync(contender.Times);
            best = Math.Min(best, (Stopwatch.GetElapsedTime(before).TotalNanoseconds + 1) / contender.Times);
            contender.Times = (int)Math.Clamp(slice.TotalNanoseconds / best, 1, contender.Times * 2.0);
        }
    }

    private static async Task MeasureOnceAsync(Contender contender)
    {
        var times = contender.Times;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        await contender.RunAsync(times);
        var took = Stopwatch.GetElapsedTime(start);
        processor = Environment.CpuUsage.TotalTime - processor;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;

        contender.Nanoseconds.Add(took.TotalNanoseconds / times);
        contender.ProcessorMicroseconds.Add(processor.TotalMicroseconds / times);
        contender.Bytes.Add((double)bytes / times);
    }
}
