namespace TokenKit;

/// <summary>For which tokens people can consent, and where.</summary>
public sealed class TokenConsentOptions
{
    private readonly Dictionary<string, TokenConsentServer> _servers = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, TokenConsentServer> Servers => _servers;

    /// <summary>The server of a token name; consent is possible for names that this was called for.</summary>
    /// <param name="tokenName">The token name; its grant is <c>refresh_token</c>.</param>
    /// <returns>What to fill in.</returns>
    /// <exception cref="ArgumentException"><paramref name="tokenName"/> is empty or blank.</exception>
    public TokenConsentServer For(string tokenName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenName);
        return _servers.TryGetValue(tokenName, out var server) ? server : _servers[tokenName] = new TokenConsentServer();
    }
}
