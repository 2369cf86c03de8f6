namespace TokenKit;

/// <summary>
/// What a person obtained: a refresh token, an access token, both, or an authorization code to redeem for them. Used once: what is
/// stored remembers the last eight seeds, and a new one applies.
/// </summary>
public sealed class TokenSeedOptions
{
    /// <summary>The refresh token: a template. Not together with <see cref="Code"/>.</summary>
    public TextList? RefreshToken { get; set; }

    /// <summary>
    /// An access token that works already: a template. Not together with <see cref="Code"/>. It serves without a request until it is
    /// due. Without a <see cref="RefreshToken"/> the <see cref="TokenRefreshOptions.RefreshRequest"/> must read <c>token.access</c>.
    /// </summary>
    public TextList? AccessToken { get; set; }

    /// <summary>
    /// How long <see cref="AccessToken"/> still lives when it is first used; required with it. A duration with its unit such as
    /// <c>50d</c>; <c>never</c> where it does not end; or <c>unknown</c>, which means what an answer without a lifetime means:
    /// <see cref="TokenResponseOptions.Lifetime"/>, else <see cref="TokenResponseOptions.DefaultLifetime"/>.
    /// </summary>
    /// <value>From 1 second to 36,525 days, or <c>never</c>; none by default.</value>
    public string? Lifetime { get; set; }

    /// <summary>The authorization code: a template. With the grant <c>refresh_token</c>; redeemed at the token endpoint (RFC 6749 section 4.1.3), authenticated and signed as <see cref="TokenRefreshOptions.RefreshRequest"/> says.</summary>
    public TextList? Code { get; set; }

    /// <summary>The redirect URI that was used to obtain <see cref="Code"/>: a template.</summary>
    public TextList? RedirectUri { get; set; }

    /// <summary>The PKCE verifier that belongs to <see cref="Code"/> (RFC 7636 section 4.5): a template.</summary>
    public TextList? CodeVerifier { get; set; }
}
