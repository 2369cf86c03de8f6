using TokenKit.Definitions;

namespace TokenKit.Refresh.Validate;

/// <summary>When a refresh is due: the soft instant, drawn once when a token arrives.</summary>
internal static class RefreshPoint
{
    // A hint in a unit that nobody thought of must not make a request of nearly every call.
    private static readonly TimeSpan SoonestHint = TimeSpan.FromSeconds(30);

    // A token that was handed out again is not asked for again before this, nor this shortly before it ends.
    private static readonly TimeSpan LeastAfterRepeated = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LeastBeforeEnd = TimeSpan.FromSeconds(30);

    /// <summary>The time from the token's start to its refresh.</summary>
    /// <param name="freshness">What the definition says.</param>
    /// <param name="lifetime">The token's lifetime; infinite for one that never expires.</param>
    /// <param name="draw">A random number from 0 to below 1.</param>
    /// <param name="hint">When the server itself wants the token renewed; zero or more, or <see langword="null"/> where it says nothing.</param>
    /// <returns>
    /// From zero to <paramref name="lifetime"/>; infinite where nothing ever makes a refresh due.
    /// </returns>
    public static TimeSpan After(TokenFreshnessOptions freshness, TimeSpan lifetime, double draw, TimeSpan? hint = null)
    {
        if (lifetime == Timeout.InfiniteTimeSpan)
        {
            var wanted = hint is { } after ? Max(Earlier(after, freshness.Jitter, draw), SoonestHint) : (TimeSpan?)null;
            return Earliest(freshness.Every is { } period ? Earlier(period, freshness.Jitter, draw) : null, wanted) is { } due
                ? Allowed(freshness, due)
                : Timeout.InfiniteTimeSpan;
        }

        if (lifetime <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var point = Chosen(freshness, lifetime, draw, hint);
        if (freshness.NotBefore is { } window && window < lifetime)
        {
            // The server refuses a refresh before this, so that nothing above may pull it earlier. The jitter goes later.
            var opens = lifetime - Earlier(window, freshness.Jitter, draw);
            point = point < lifetime - window ? opens : point;
        }

        point = Allowed(freshness, point);
        return point < TimeSpan.Zero ? TimeSpan.Zero : point > lifetime ? lifetime : point;
    }

    /// <summary>
    /// As <see cref="After"/>, where the server has handed out the token in use with the rest of its life. Shares of ever shorter rests
    /// would come ever closer to each other, and a margin at once: there are at most three before the end, where nothing is asked
    /// until the token has ended. A period that the definition names is kept.
    /// </summary>
    /// <param name="freshness">What the definition says.</param>
    /// <param name="rest">How long the token lives still.</param>
    /// <param name="draw">A random number from 0 to below 1.</param>
    /// <returns>From zero to <paramref name="rest"/>.</returns>
    public static TimeSpan AfterRepeated(TokenFreshnessOptions freshness, TimeSpan rest, double draw)
    {
        var point = After(freshness, rest, draw);
        if (rest <= TimeSpan.Zero || freshness.Every < rest)
        {
            return point;
        }

        // Jitter only puts off: drawn early, the asks of one token would be more.
        point = Max(Max(point, LeastAfterRepeated), Share(TokenFreshnessOptions.StandardShare, freshness.Jitter, rest, (1 + draw) / 2));
        return point > rest - LeastBeforeEnd ? rest : point;
    }

    // A period or margin that does not fit into the lifetime would mean "at once, always": the share takes its place.
    private static TimeSpan Chosen(TokenFreshnessOptions freshness, TimeSpan lifetime, double draw, TimeSpan? hint)
    {
        TimeSpan? point = null;
        if (freshness.Every is { } period && period < lifetime)
        {
            point = Earlier(period, freshness.Jitter, draw);
        }

        if (freshness.Margin is { } margin && margin < lifetime)
        {
            // A larger margin is earlier, and never more than the lifetime allows.
            var before = lifetime - Min(margin * (1 + (freshness.Jitter * draw)), margin + ((lifetime - margin) / 2));
            point = Earliest(point, before);
        }

        if (hint is { } wanted)
        {
            point = Earliest(point, Hinted(freshness, lifetime, draw, wanted));
        }

        return point ?? Share(freshness.RefreshAt ?? TokenFreshnessOptions.StandardShare, freshness.Jitter, lifetime, draw);
    }

    /// <summary>The server knows best, but for what leaves no time to try again before expiry.</summary>
    private static TimeSpan Hinted(TokenFreshnessOptions freshness, TimeSpan lifetime, double draw, TimeSpan hint)
    {
        // A margin that fits says itself how late is too late.
        var share = lifetime * (freshness.RefreshAt ?? TokenFreshnessOptions.StandardShare);
        var latest = freshness.Margin < lifetime ? lifetime : share + ((lifetime - share) / 2);
        return Earlier(Min(Max(hint, Min(SoonestHint, lifetime / 2)), latest), freshness.Jitter, draw);
    }

    private static TimeSpan Share(double share, double jitter, TimeSpan lifetime, double draw)
    {
        var point = lifetime * share;
        var drawn = point * (1 + (jitter * ((2 * draw) - 1)));

        // Late jitter takes at most half of what is left, so that a share near 1 still comes before expiry.
        return Min(drawn, point + ((lifetime - point) / 2));
    }

    // What is due sooner than a request is allowed would only be refused.
    private static TimeSpan Allowed(TokenFreshnessOptions freshness, TimeSpan point) =>
        freshness.AtMostEvery is { } least ? Max(point, least) : point;

    // Only earlier: what must happen within a period must not be put off by chance.
    private static TimeSpan Earlier(TimeSpan span, double jitter, double draw) => span * (1 - (jitter * draw));

    private static TimeSpan? Earliest(TimeSpan? first, TimeSpan? second) =>
        first is { } one && second is { } other ? Min(one, other) : first ?? second;

    private static TimeSpan Max(TimeSpan first, TimeSpan second) => first > second ? first : second;

    private static TimeSpan Min(TimeSpan first, TimeSpan second) => first < second ? first : second;
}
