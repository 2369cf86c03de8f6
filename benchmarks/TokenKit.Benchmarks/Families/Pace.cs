using System.Diagnostics;

namespace TokenKit.Benchmarks;

/// <summary>Does something so many times a second.</summary>
internal static class Pace
{
    /// <param name="perSecond">How often a second.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="tick">Starts what is to be done; it does not wait for it. Takes the time that has passed.</param>
    public static async Task KeepAsync(int perSecond, TimeSpan duration, Action<TimeSpan> tick)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var start = Stopwatch.GetTimestamp();
        var done = 0L;
        while (Stopwatch.GetElapsedTime(start) is var passed && passed < duration)
        {
            for (; done < passed.TotalSeconds * perSecond; done++)
            {
                tick(passed);
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
