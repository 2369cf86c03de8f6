namespace TokenKit;

/// <summary>What opens at one moment: the current token, and for a while the one before. Immutable.</summary>
internal sealed record OpeningTokens(OpeningToken? Current, OpeningToken? Previous, ClockReading ReadAt)
{
    /// <summary>The same, after a token was seen: in the store, or at the end of a refresh of this process.</summary>
    public static OpeningTokens After(OpeningTokens? known, OpeningToken? current, ClockReading readAt)
    {
        // Nothing stored: somebody had it forgotten, and then the former one must not open either.
        if (current is null || known?.Current is not { } former)
        {
            return new OpeningTokens(current, null, readAt);
        }

        // A reading that began before a refresh ended may bring the former token after the newer one was seen.
        return former.Digest.IsThatOf(current.Digest) || current.ObtainedAt < former.ObtainedAt
            ? known with { ReadAt = readAt }
            : new OpeningTokens(current, former, readAt);
    }

    /// <summary>Compares with both, whatever the first comparison says.</summary>
    public bool Opens(TokenDigest presented, ClockReading now, TimeSpan overlap)
    {
        var isCurrent = Current is not null
            & Current?.Digest.IsThatOf(presented) is true
            & Current?.Life.At(now) is not Freshness.Expired;
        var isPrevious = Previous is not null
            & Previous?.Digest.IsThatOf(presented) is true
            & Previous?.Life.At(now) is not Freshness.Expired
            & now.Utc - (Current?.ObtainedAt ?? default) < overlap;
        return isCurrent | isPrevious;
    }
}
