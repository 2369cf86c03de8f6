namespace TokenKit;

/// <summary>For which tokens people can consent, and where.</summary>
public sealed class TokenConsentOptions
{
    private readonly Dictionary<string, TokenConsentServer> _servers = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, TokenConsentServer> Servers => _servers;

    /// <summary>Lets people consent for the tokens of one name.</summary>
    /// <param name="tokenName">The token name; its grant is <c>refresh_token</c>.</param>
    /// <param name="configure">Says where; called at once. A second call for a name changes what the first said.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokenName"/> is empty or blank.</exception>
    public TokenConsentOptions AddToken(string tokenName, Action<TokenConsentServer> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenName);
        ArgumentNullException.ThrowIfNull(configure);
        configure(_servers.TryGetValue(tokenName, out var server) ? server : _servers[tokenName] = new TokenConsentServer());
        return this;
    }
}
