using TokenKit.Definitions;
using TokenKit.Refresh.Map;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Refresh.Validate;

/// <summary>How long an access token is used and when it is due: the same for one of an answer and for one that somebody put in.</summary>
/// <param name="Lifetime">From when it was obtained; infinite for a token that never expires.</param>
/// <param name="RefreshAfter">From when it was obtained to its renewal; drawn once.</param>
internal readonly record struct TokenTerm(TimeSpan Lifetime, TimeSpan RefreshAfter)
{
    /// <param name="lifetime">What is known of it, or <see langword="null"/>.</param>
    /// <param name="refreshIn">When the server wants it renewed, or <see langword="null"/>; less than zero says nothing.</param>
    /// <param name="response">What the definition says of answers.</param>
    /// <param name="freshness">What the definition says of renewal.</param>
    /// <param name="randomness">Draws the moment of renewal.</param>
    public static TokenTerm Of(
        TimeSpan? lifetime, TimeSpan? refreshIn, ResponseDefinition response, TokenFreshnessOptions freshness, Randomness randomness)
    {
        var known = Known(lifetime, response);
        var hint = refreshIn >= TimeSpan.Zero ? LifetimeReading.Clamp(refreshIn.Value) : (TimeSpan?)null;
        return new(known, RefreshPoint.After(freshness, known, randomness.NextDouble(), hint));
    }

    /// <summary>As the other, for a token that a server gave: perhaps the one that is in use.</summary>
    /// <param name="candidate">What came.</param>
    /// <param name="sentAt">Just before the request left, by the wall clock.</param>
    /// <param name="former">What is stored.</param>
    /// <param name="response">What the definition says of answers.</param>
    /// <param name="freshness">What the definition says of renewal.</param>
    /// <param name="randomness">Draws the moment of renewal.</param>
    public static TokenTerm Of(
        TokenCandidate candidate, DateTimeOffset sentAt, TokenSet? former, ResponseDefinition response, TokenFreshnessOptions freshness,
        Randomness randomness) =>
        RepeatedToken.RestOf(former, candidate.AccessToken, sentAt, Known(candidate.Lifetime, response)) is { } rest
            ? new(rest, RefreshPoint.AfterRepeated(freshness, rest, randomness.NextDouble()))
            : Of(candidate.Lifetime, candidate.RefreshIn, response, freshness, randomness);

    private static TimeSpan Known(TimeSpan? lifetime, ResponseDefinition response)
    {
        var known = lifetime ?? response.DefaultLifetime;
        return known == Timeout.InfiniteTimeSpan ? known : LifetimeReading.Clamp(known);
    }
}
