using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>What a demand needs of the pipeline, given the current token and the moment. Pure.</summary>
/// <param name="Trigger">Why a refresh is needed; <see langword="null"/> when the current token does.</param>
/// <param name="MayServeCurrent">Whether the current token can be handed out meanwhile, or instead.</param>
/// <param name="Unwanted">The token that must not come back.</param>
internal readonly record struct TokenNeed(RefreshTrigger? Trigger, bool MayServeCurrent, AccessToken? Unwanted)
{
    public static TokenNeed Of(AccessToken? current, TokenDemand demand, ClockReading now)
    {
        if (current is null)
        {
            return new(RefreshTrigger.Missing, false, null);
        }

        var freshness = current.Life.At(now);
        if (freshness is Freshness.Expired)
        {
            return new(RefreshTrigger.Expired, false, current);
        }

        if (current.IsSameTokenAs(demand.Rejected))
        {
            return new(RefreshTrigger.Rejected, false, current);
        }

        if (demand.Force)
        {
            return new(RefreshTrigger.Requested, true, current);
        }

        if (current.Life.RemainingAt(now) < demand.MinimumValidity)
        {
            // A server whose whole lifetime is shorter never meets the demand: what is fresh is then accepted.
            var canBeMet = current.Set.Lifetime > demand.MinimumValidity || freshness is not Freshness.Fresh;
            return canBeMet ? new(RefreshTrigger.Expired, true, current) : new(null, true, null);
        }

        return freshness is Freshness.Due ? new(RefreshTrigger.Ahead, true, current) : new(null, true, null);
    }

    /// <summary>Whether a token may be handed out although the refresh that was wanted failed.</summary>
    /// <remarks>One that the very refresh brought may also be one that is good for nothing later (<c>expires_in</c> of 0).</remarks>
    public static bool MayServe(AccessToken token, TokenDemand demand, ClockReading now, RefreshResult? result = null) =>
        (token.Life.At(now) is not Freshness.Expired || ReferenceEquals(token, result?.Token)) && !token.IsSameTokenAs(demand.Rejected);
}
