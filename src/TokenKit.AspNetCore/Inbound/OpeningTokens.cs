using TokenKit.Values;

namespace TokenKit;

/// <summary>What opens at one moment: the current token, and for a while the one before. Immutable.</summary>
/// <remarks>
/// Which of two tokens is newer is told by the order of their writes, and how long ago one replaced the other by the monotonic
/// clock: a wall clock is set back, and those of two machines differ.
/// </remarks>
/// <param name="Current">What is stored, or about to be.</param>
/// <param name="Previous">What of the same mark was current before, as far as this process saw it.</param>
/// <param name="ReplacedAt">When the one replaced the other, by the monotonic clock.</param>
/// <param name="ReadAt">When the store was read last.</param>
/// <param name="SeenAt">When <paramref name="Current"/> was certainly the current one, the last time that is known, by the monotonic clock.</param>
internal sealed record OpeningTokens(OpeningToken? Current, OpeningToken? Previous, long ReplacedAt, ClockReading ReadAt, long SeenAt)
{
    /// <summary>The same, after the store was read.</summary>
    /// <param name="known">What was known.</param>
    /// <param name="current">What is stored; <see langword="null"/> for nothing.</param>
    /// <param name="begun">When the reading began, by the monotonic clock.</param>
    /// <param name="now">Its end.</param>
    public static OpeningTokens AfterReading(OpeningTokens? known, OpeningToken? current, long begun, ClockReading now)
    {
        // Nothing stored: somebody had it forgotten, and then the former one must not open either.
        if (current is null || known?.Current is not { } former)
        {
            return new OpeningTokens(current, null, default, now, begun);
        }

        // A reading that began before a refresh of this process ended may bring the former token after the newer one was seen.
        // One that began later is right, whatever it brings: a store may have been put back to an older state.
        if (begun < known.SeenAt && current.Written.CompareTo(former.Written) < 0)
        {
            return known with { ReadAt = now };
        }

        return former.Digest.IsThatOf(current.Digest)
            ? known with { ReadAt = now, SeenAt = Math.Max(known.SeenAt, begun) }
            : known.Then(current, now.Timestamp) with { ReadAt = now, SeenAt = begun };
    }

    /// <summary>The same, after a refresh of this process.</summary>
    public static OpeningTokens AfterRefresh(OpeningTokens? known, OpeningToken refreshed, long now)
    {
        if (known?.Current is not { } former)
        {
            return new OpeningTokens(refreshed, null, default, known?.ReadAt ?? default, now);
        }

        return former.Digest.IsThatOf(refreshed.Digest) || refreshed.Written.CompareTo(former.Written) < 0 ? known : known.Then(refreshed, now);
    }

    /// <summary>Compares with both, whatever the first comparison says.</summary>
    public bool Opens(TokenDigest presented, ClockReading now, TimeSpan overlap, TimeProvider time)
    {
        var isCurrent = Current is not null
            & Current?.Digest.IsThatOf(presented) is true
            & Current?.Life.At(now) is not Freshness.Expired;
        var isPrevious = Previous is not null
            & Previous?.Digest.IsThatOf(presented) is true
            & Previous?.Life.At(now) is not Freshness.Expired
            & time.GetElapsedTime(ReplacedAt, now.Timestamp) < overlap;
        return isCurrent | isPrevious;
    }

    // What this process saw bounds the estimate: the former token was the current one when it was seen last, and the newer one
    // is there now. So a clock that is wrong where the newer one was written shifts the overlap by no more than that.
    private OpeningTokens Then(OpeningToken current, long now) =>
        new(current, Current?.Mark.Matches(current.Mark) is true ? Current : null, Math.Clamp(current.ObtainedAt, Math.Min(SeenAt, now), now), ReadAt, now);
}
