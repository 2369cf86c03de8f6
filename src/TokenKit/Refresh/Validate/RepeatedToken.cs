using TokenKit.Values;

namespace TokenKit.Refresh.Validate;

/// <summary>A server that hands out the token in use once more, with the rest of its life: asking sooner brings no other one.</summary>
internal static class RepeatedToken
{
    // A lifetime in whole seconds is rounded down, so that two answers about one end differ by less than this.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    /// <param name="former">What is stored.</param>
    /// <param name="accessToken">What came.</param>
    /// <param name="sentAt">Just before the request left, by the wall clock.</param>
    /// <param name="lifetime">The lifetime in the answer, from <paramref name="sentAt"/>.</param>
    /// <returns>
    /// How long the token lives still, by what both answers say; <see langword="null"/> where it is another one, or the same
    /// one whose life the server has prolonged.
    /// </returns>
    public static TimeSpan? RestOf(TokenSet? former, SecretText accessToken, DateTimeOffset sentAt, TimeSpan lifetime)
    {
        if (former is null
            || !accessToken.Equals(former.AccessToken)
            || lifetime == Timeout.InfiniteTimeSpan
            || former.Lifetime == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        // A server that prolongs moves the end by as much as went by, one that tells the rest does not move it.
        var goneBy = sentAt - former.ObtainedAt;
        var known = former.Lifetime - goneBy;
        if (lifetime - known > goneBy / 2)
        {
            return null;
        }

        // Neither answer says more than is true, so that the later end counts: with each ask the life would get shorter by what is
        // rounded off, and at its end the server would hand out the same token yet again.
        return known > lifetime && known - lifetime < Rounding ? known : lifetime;
    }
}
