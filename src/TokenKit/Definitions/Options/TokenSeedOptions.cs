namespace TokenKit;

/// <summary>
/// What a person obtained: a refresh token, or an authorization code to redeem for one. Used once; the stored token set
/// remembers it, and a changed seed applies.
/// </summary>
public sealed class TokenSeedOptions
{
    /// <summary>The refresh token: a template. Not together with <see cref="Code"/>.</summary>
    public TextList? RefreshToken { get; set; }

    /// <summary>The authorization code: a template. With the grant <c>refresh_token</c>; redeemed at the token endpoint (RFC 6749 section 4.1.3), authenticated and signed as <see cref="TokenRefreshOptions.RefreshRequest"/> says.</summary>
    public TextList? Code { get; set; }

    /// <summary>The redirect URI that was used to obtain <see cref="Code"/>: a template. Left out when <see langword="null"/>.</summary>
    public TextList? RedirectUri { get; set; }

    /// <summary>The PKCE verifier that belongs to <see cref="Code"/> (RFC 7636 section 4.5): a template. Left out when <see langword="null"/>.</summary>
    public TextList? CodeVerifier { get; set; }
}
