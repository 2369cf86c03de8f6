namespace TokenKit;

/// <summary>Who the client is, as registered with the authorization server.</summary>
public sealed class TokenClientOptions
{
    /// <summary>The client id: a template.</summary>
    public TextList? Id { get; set; }

    /// <summary>
    /// The client secret: a template, best one that names a stored secret, such as <c>${secret.crm-client-secret}</c>.
    /// </summary>
    public TextList? Secret { get; set; }

    /// <summary>
    /// Several client secrets, tried in order when the server rejects the client: the old and the new one while they are being
    /// changed. Instead of <see cref="Secret"/>.
    /// </summary>
    public TextList? Secrets { get; set; }

    /// <summary>
    /// The key that signs client assertions (<c>private_key_jwt</c>, RFC 7523), and every token of
    /// <see cref="TokenRefreshOptions.Jwt"/> that names no key: a template.
    /// </summary>
    public TextList? Key { get; set; }

    /// <summary>How <see cref="Key"/> is written.</summary>
    /// <value>Told by the text by default.</value>
    public SigningKeyFormat? KeyFormat { get; set; }

    /// <summary>The <c>kid</c> of <see cref="Key"/>: a template.</summary>
    /// <value>The JWK's own by default.</value>
    public TextList? KeyId { get; set; }

    /// <summary>Opens an encrypted <see cref="Key"/> or a PKCS#12 <see cref="Certificate"/>: a template.</summary>
    public TextList? KeyPassword { get; set; }

    /// <summary>The algorithm of client assertions: one of those of <see cref="TokenJwtOptions.Algorithm"/>.</summary>
    /// <value>By the kind of key by default; <c>HS256</c> for <c>client_secret_jwt</c>.</value>
    public string? Algorithm { get; set; }

    /// <summary>The <c>aud</c> of client assertions: a template.</summary>
    /// <value>The endpoint's URL by default.</value>
    public TextList? AssertionAudience { get; set; }

    /// <summary>
    /// A client certificate with its private key: a template that gives PEM, or a PKCS#12 file in base64. It is presented to
    /// the token endpoint whatever the authentication, and to the API as well (RFC 8705 section 3).
    /// </summary>
    public TextList? Certificate { get; set; }
}
