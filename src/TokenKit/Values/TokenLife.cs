namespace TokenKit.Values;

/// <summary>The two instants of a token, fixed when it arrived and never changed: soft (refresh) and hard (expiry).</summary>
/// <remarks>
/// Both are kept on both clocks, so that a decision is at most four comparisons of numbers: no allocation, no lock.
/// Pure; see <see cref="ClockReading"/> for why there are two clocks.
/// </remarks>
internal readonly struct TokenLife
{
    private readonly long _refreshUtcTicks;
    private readonly long _expiryUtcTicks;
    private readonly long _frequency;

    /// <param name="obtained">Just before the request left.</param>
    /// <param name="lifetime">From <paramref name="obtained"/> to hard expiry; infinite for a token that never expires.</param>
    /// <param name="refreshAfter">From <paramref name="obtained"/> to the soft instant; infinite for never.</param>
    /// <param name="frequency">Of the monotonic clock, in ticks a second.</param>
    public TokenLife(ClockReading obtained, TimeSpan lifetime, TimeSpan refreshAfter, long frequency)
    {
        _frequency = frequency;
        ExpiryTimestamp = TimestampAfter(obtained.Timestamp, lifetime, frequency);
        _expiryUtcTicks = UtcTicksAfter(obtained.Utc.UtcTicks, lifetime);
        RefreshTimestamp = TimestampAfter(obtained.Timestamp, refreshAfter, frequency);
        _refreshUtcTicks = UtcTicksAfter(obtained.Utc.UtcTicks, refreshAfter);
    }

    /// <summary>A life whose instants on the monotonic clock are known; those on the wall clock are the token set's.</summary>
    public TokenLife(TokenSet set, long refreshTimestamp, long expiryTimestamp, long frequency)
    {
        _frequency = frequency;
        (RefreshTimestamp, ExpiryTimestamp) = (refreshTimestamp, expiryTimestamp);
        var obtained = set.ObtainedUtcTicks;
        _expiryUtcTicks = UtcTicksAfter(obtained, set.Lifetime);
        _refreshUtcTicks = UtcTicksAfter(obtained, set.RefreshAfter);
    }

    private TokenLife(TokenLife other, long refreshTimestamp)
    {
        this = other;
        RefreshTimestamp = refreshTimestamp;
    }

    /// <summary>The soft instant on the monotonic clock; the least number where it is due at once.</summary>
    public long RefreshTimestamp { get; }

    /// <summary>The hard instant on the monotonic clock.</summary>
    public long ExpiryTimestamp { get; }

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
        if (now.Timestamp >= ExpiryTimestamp || now.Utc.UtcTicks >= _expiryUtcTicks)
        {
            return Freshness.Expired;
        }

        return now.Timestamp >= RefreshTimestamp || now.Utc.UtcTicks >= _refreshUtcTicks ? Freshness.Due : Freshness.Fresh;
    }

    /// <summary>Whether it is due for another reason than its age.</summary>
    public bool IsDueAtOnce => RefreshTimestamp == long.MinValue;

    /// <summary>The same life of a token that is due at once, because it was obtained for something else than is asked for now.</summary>
    public TokenLife DueAtOnce() => new(this, long.MinValue);

    /// <summary>How long until a refresh is due by the clock that leaves less; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan DueInAt(ClockReading now)
    {
        if (RefreshTimestamp == long.MaxValue)
        {
            return TimeSpan.MaxValue;
        }

        var wall = _refreshUtcTicks - now.Utc.UtcTicks;
        if (IsDueAtOnce)
        {
            // Only calls renew it before its own time.
            return _refreshUtcTicks == DateTimeOffset.MaxValue.UtcTicks ? TimeSpan.MaxValue : TimeSpan.FromTicks(Math.Max(0, wall));
        }

        return TimeSpan.FromTicks(Math.Max(0, Math.Min(wall, ToTicks(Math.Max(0, RefreshTimestamp - now.Timestamp)))));
    }

    /// <summary>The remaining life by the clock that leaves less; never negative.</summary>
    public TimeSpan RemainingAt(ClockReading now)
    {
        var wall = _expiryUtcTicks - now.Utc.UtcTicks;
        var monotonic = ExpiryTimestamp == long.MaxValue
            ? long.MaxValue
            : ToTicks(Math.Max(0, ExpiryTimestamp - now.Timestamp));
        return TimeSpan.FromTicks(Math.Max(0, Math.Min(wall, monotonic)));
    }

    private static long TimestampAfter(long obtained, TimeSpan span, long frequency) =>
        span == Timeout.InfiniteTimeSpan ? long.MaxValue : obtained + (long)(span.TotalSeconds * frequency);

    private static long UtcTicksAfter(long obtained, TimeSpan span) => span == Timeout.InfiniteTimeSpan
        ? DateTimeOffset.MaxValue.UtcTicks
        : Math.Clamp(obtained + span.Ticks, 0, DateTimeOffset.MaxValue.UtcTicks);

    private long ToTicks(long timestampDelta) =>
        (long)Math.Min(timestampDelta / (double)_frequency * TimeSpan.TicksPerSecond, long.MaxValue / 2);
}
