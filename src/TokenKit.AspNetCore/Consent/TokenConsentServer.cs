namespace TokenKit;

/// <summary>Where a person consents for the tokens of one name.</summary>
public sealed class TokenConsentServer
{
    /// <summary>
    /// The authorization endpoint (RFC 6749 section 3.1): an absolute https URL without a fragment; required. Plain http is
    /// taken on loopback where the registration says <c>DangerousAllowHttpOnLoopback</c>.
    /// </summary>
    public string AuthorizationEndpoint { get; set; } = "";

    /// <summary>The scope asked for; that of the registration by default. Many servers give a refresh token for <c>offline_access</c> only.</summary>
    public string? Scope { get; set; }

    /// <summary>
    /// The redirect URI registered at the server; by default the callback below the mapped path, as the request's host spells
    /// it. Set it where a proxy changes scheme or host.
    /// </summary>
    public string? RedirectUri { get; set; }

    /// <summary>The server's issuer (RFC 9207); an answer that names another is refused. Not checked by default.</summary>
    public string? Issuer { get; set; }

    /// <summary>Further parameters of the authorization request, such as <c>prompt</c> or <c>access_type</c>.</summary>
    public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
