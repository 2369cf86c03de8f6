namespace TokenKit;

/// <summary>What <c>MapTokenRefresh</c> maps and allows.</summary>
public sealed class TokenRefreshEndpointOptions
{
    private readonly Dictionary<string, string> _accessTokenPolicies = new(StringComparer.Ordinal);

    /// <summary>
    /// How many refreshes callers may start in a minute, all tokens together; 60 by default, at least 1. Joining a refresh that
    /// is under way is not limited. Who is over the limit is answered 429 with <c>Retry-After</c>.
    /// </summary>
    public int StartedRefreshesPerMinute
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 60;

    internal IReadOnlyDictionary<string, string> AccessTokenPolicies => _accessTokenPolicies;

    /// <summary>
    /// Enables <c>GET /NAME/access-token</c>, which hands out the token itself. Off for every name that this was not called for.
    /// </summary>
    /// <param name="tokenName">The token name.</param>
    /// <param name="policy">The authorization policy that guards it, besides the one of the endpoints.</param>
    /// <exception cref="ArgumentException">One of the two is empty or blank.</exception>
    public void EnableAccessToken(string tokenName, string policy)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenName);
        ArgumentException.ThrowIfNullOrWhiteSpace(policy);
        _accessTokenPolicies[tokenName] = policy;
    }
}
