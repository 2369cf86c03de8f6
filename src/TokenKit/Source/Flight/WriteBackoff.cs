using TokenKit.Definitions;
using TokenKit.Work;

namespace TokenKit.Source.Flight;

/// <summary>How long to wait before a failed write is tried again. Pure but for the jitter.</summary>
internal static class WriteBackoff
{
    /// <summary>Full jitter below a ceiling that doubles up to the definition's cap: short, because a crash before the write costs the grant.</summary>
    public static TimeSpan PauseAfter(int attempt, TokenResilienceOptions resilience, Randomness randomness)
    {
        var ceiling = Math.Min(resilience.PersistRetryCap.TotalMilliseconds, 50 * Math.Pow(2, Math.Min(attempt, 20)));
        return TimeSpan.FromMilliseconds(Math.Max(1, randomness.NextDouble() * ceiling));
    }
}
