namespace TokenKit.Values;

/// <summary>One moment, read from both clocks at once.</summary>
/// <remarks>
/// Neither clock alone is enough. The monotonic one stands still while a Linux machine is suspended; the wall clock may
/// jump. Elapsed time is therefore the larger of the two differences: a token may be taken for older than it is, which
/// costs one refresh, and never for younger.
/// </remarks>
internal readonly record struct ClockReading(long Timestamp, DateTimeOffset Utc)
{
    public static ClockReading Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public TimeSpan ElapsedSince(ClockReading earlier, TimeProvider time)
    {
        var monotonic = time.GetElapsedTime(earlier.Timestamp, Timestamp);
        var wall = Utc - earlier.Utc;
        return monotonic > wall ? monotonic : wall;
    }

    /// <summary>What has certainly gone by, for what must not be taken for later than it is: the smaller difference; never negative.</summary>
    public TimeSpan LeastElapsedSince(ClockReading earlier, TimeProvider time)
    {
        var monotonic = time.GetElapsedTime(earlier.Timestamp, Timestamp);
        var wall = Utc - earlier.Utc;
        var least = monotonic < wall ? monotonic : wall;
        return least > TimeSpan.Zero ? least : TimeSpan.Zero;
    }
}
