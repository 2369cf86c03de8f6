namespace TokenKit;

/// <summary>Instants as rows have them: microseconds from 1970 by the server's clock.</summary>
internal static class StoredInstant
{
    /// <summary>When what is never due is due: behind everything else.</summary>
    public const long Never = long.MaxValue;

    // Nothing that the store writes lies beyond: a write names the year 1 at the earliest, and nothing lasts for more than a century.
    private const long Earliest = -70_000_000_000_000_000;
    private const long Latest = 260_000_000_000_000_000;

    public static bool IsSane(long instant) => instant is >= Earliest and <= Latest;

    public static long Microseconds(this TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    public static long Of(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Microseconds();
}
