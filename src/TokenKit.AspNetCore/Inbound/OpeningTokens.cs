namespace TokenKit;

/// <summary>What opens at one moment: the current token, and for a while the one before. Immutable.</summary>
internal sealed record OpeningTokens(OpeningToken? Current, OpeningToken? Previous, ClockReading ReadAt)
{
    /// <summary>The same, after the store was read again.</summary>
    public static OpeningTokens After(OpeningTokens? known, OpeningToken? current, ClockReading readAt)
    {
        // Nothing stored: somebody had it forgotten, and then the former one must not open either.
        if (current is null)
        {
            return new OpeningTokens(null, null, readAt);
        }

        var isSame = known?.Current is null || known.Current.Digest.IsThatOf(current.Digest);
        return new OpeningTokens(current, isSame ? known?.Previous : known!.Current, readAt);
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
