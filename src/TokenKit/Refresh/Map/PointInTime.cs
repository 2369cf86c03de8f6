namespace TokenKit.Refresh.Map;

/// <summary>Recognises numbers that name a point in time where a server was to write something else.</summary>
internal static class PointInTime
{
    // Some servers write the largest int for "never"; as seconds that is January 2038.
    private const double Never = int.MaxValue;

    private const double TicksAtUnixEpoch = 621_355_968_000_000_000;
    private const double FileTimeAtUnixEpoch = 116_444_736_000_000_000;

    // No lifetime is as long as the time since 1970, and no expiry is further away than this.
    private static readonly TimeSpan Near = TimeSpan.FromDays(10 * 365.25);

    /// <summary>Whether a number is a time near now, in seconds or milliseconds since 1970: no lifetime.</summary>
    public static bool Is(double number, DateTimeOffset now) =>
        number != Never && (IsNear(number, now) || IsNear(number / 1e3, now));

    /// <summary>Whether a number is a time near now in a unit that is not read: microseconds, nanoseconds, or ticks of .NET or Windows.</summary>
    public static bool IsInOddUnit(double number, DateTimeOffset now) =>
        IsNear(number / 1e6, now) || IsNear(number / 1e9, now)
        || IsNear((number - TicksAtUnixEpoch) / 1e7, now) || IsNear((number - FileTimeAtUnixEpoch) / 1e7, now);

    private static bool IsNear(double seconds, DateTimeOffset now) => Math.Abs(seconds - now.ToUnixTimeSeconds()) < Near.TotalSeconds;
}
