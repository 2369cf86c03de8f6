namespace TokenKit;

/// <summary>The two instants of a token, fixed when it arrived and never changed: soft (refresh) and hard (expiry).</summary>
/// <remarks>
/// Both are kept on both clocks, so that a decision is at most four comparisons of numbers: no allocation, no lock.
/// Pure; see <see cref="ClockReading"/> for why there are two clocks.
/// </remarks>
internal sealed class TokenLife
{
    private readonly long _refreshTimestamp;
    private readonly long _refreshUtcTicks;
    private readonly long _expiryTimestamp;
    private readonly long _expiryUtcTicks;
    private readonly long _frequency;

    /// <param name="obtained">Just before the request left.</param>
    /// <param name="lifetime">From <paramref name="obtained"/> to hard expiry; infinite for a token that never expires.</param>
    /// <param name="refreshAfter">From <paramref name="obtained"/> to the soft instant; infinite for never.</param>
    /// <param name="frequency">Of the monotonic clock, in ticks a second.</param>
    public TokenLife(ClockReading obtained, TimeSpan lifetime, TimeSpan refreshAfter, long frequency)
    {
        _frequency = frequency;
        (_expiryTimestamp, _expiryUtcTicks) = After(obtained, lifetime);
        (_refreshTimestamp, _refreshUtcTicks) = After(obtained, refreshAfter);
    }

    public DateTimeOffset RefreshAt => new(_refreshUtcTicks, TimeSpan.Zero);

    public DateTimeOffset ExpiresAt => new(_expiryUtcTicks, TimeSpan.Zero);

    /// <summary>The life of a token set, placed on the monotonic clock by a reading taken at or after it was obtained.</summary>
    public static TokenLife Of(TokenSet set, ClockReading reading, TimeProvider time)
    {
        var age = reading.Utc - set.ObtainedAt;
        var obtained = new ClockReading(
            reading.Timestamp - (long)(age.TotalSeconds * time.TimestampFrequency), set.ObtainedAt);
        return new TokenLife(obtained, set.Lifetime, set.RefreshAfter, time.TimestampFrequency);
    }

    public Freshness At(ClockReading now)
    {
        if (now.Timestamp >= _expiryTimestamp || now.Utc.UtcTicks >= _expiryUtcTicks)
        {
            return Freshness.Expired;
        }

        return now.Timestamp >= _refreshTimestamp || now.Utc.UtcTicks >= _refreshUtcTicks ? Freshness.Due : Freshness.Fresh;
    }

    /// <summary>How long until a refresh is due by the clock that leaves less; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan DueInAt(ClockReading now)
    {
        if (_refreshTimestamp == long.MaxValue)
        {
            return TimeSpan.MaxValue;
        }

        var wall = _refreshUtcTicks - now.Utc.UtcTicks;
        return TimeSpan.FromTicks(Math.Max(0, Math.Min(wall, ToTicks(Math.Max(0, _refreshTimestamp - now.Timestamp)))));
    }

    /// <summary>The remaining life by the clock that leaves less; never negative.</summary>
    public TimeSpan RemainingAt(ClockReading now)
    {
        var wall = _expiryUtcTicks - now.Utc.UtcTicks;
        var monotonic = _expiryTimestamp == long.MaxValue
            ? long.MaxValue
            : ToTicks(Math.Max(0, _expiryTimestamp - now.Timestamp));
        return TimeSpan.FromTicks(Math.Max(0, Math.Min(wall, monotonic)));
    }

    private (long Timestamp, long UtcTicks) After(ClockReading obtained, TimeSpan span)
    {
        if (span == Timeout.InfiniteTimeSpan)
        {
            return (long.MaxValue, DateTimeOffset.MaxValue.UtcTicks);
        }

        var timestamp = obtained.Timestamp + (long)(span.TotalSeconds * _frequency);
        var utc = Math.Clamp(obtained.Utc.UtcTicks + span.Ticks, 0, DateTimeOffset.MaxValue.UtcTicks);
        return (timestamp, utc);
    }

    private long ToTicks(long timestampDelta) =>
        (long)Math.Min(timestampDelta / (double)_frequency * TimeSpan.TicksPerSecond, long.MaxValue / 2);
}
