namespace TokenKit;

/// <summary>Who the client is, as registered with the authorization server.</summary>
public sealed class TokenClientOptions
{
    /// <summary>The client id: a template. None by default.</summary>
    public TextList? Id { get; set; }

    /// <summary>
    /// The client secret: a template, best one that names a stored secret, such as <c>${secret.crm-client-secret}</c>. None
    /// by default.
    /// </summary>
    public TextList? Secret { get; set; }

    /// <summary>
    /// Several client secrets, tried in order when the server rejects the client: the old and the new one while they are
    /// being changed. Instead of <see cref="Secret"/>. None by default.
    /// </summary>
    public TextList? Secrets { get; set; }

    /// <summary>
    /// The key that signs client assertions (<c>private_key_jwt</c>, RFC 7523) and what <see cref="TokenRefreshOptions.Jwt"/>
    /// names no key for: a template. None by default.
    /// </summary>
    public TextList? Key { get; set; }

    /// <summary>
    /// How <see cref="Key"/> is written; told by the text when <see langword="null"/>, the default.
    /// </summary>
    public SigningKeyFormat? KeyFormat { get; set; }

    /// <summary>The <c>kid</c> of <see cref="Key"/>: a template; by default the JWK's own.</summary>
    public TextList? KeyId { get; set; }

    /// <summary>Opens an encrypted <see cref="Key"/> or a PKCS#12 <see cref="Certificate"/>: a template. None by default.</summary>
    public TextList? KeyPassword { get; set; }

    /// <summary>
    /// The algorithm of client assertions: one of those of <see cref="TokenJwtOptions.Algorithm"/>. By default <c>HS256</c>
    /// for <c>client_secret_jwt</c>, and by the kind of key for <c>private_key_jwt</c>.
    /// </summary>
    public string? Algorithm { get; set; }

    /// <summary>The <c>aud</c> of client assertions: a template; the endpoint's URL by default.</summary>
    public TextList? AssertionAudience { get; set; }

    /// <summary>
    /// A client certificate with its private key: a template that gives PEM, or a PKCS#12 file in base64. It is presented to
    /// the token endpoint whatever the authentication, and to the API as well (RFC 8705 section 3). None by default.
    /// </summary>
    public TextList? Certificate { get; set; }
}
