using System.Text.Json.Nodes;

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

    /// <summary>
    /// By which thumbprint a client assertion of <c>private_key_jwt</c> names the certificate, where <see cref="Key"/> comes with its own:
    /// a PKCS#12 file, or PEM with key and certificate. Microsoft Entra refuses an assertion without one.
    /// </summary>
    /// <value><see cref="CertificateThumbprint.Sha256"/> by default.</value>
    public CertificateThumbprint KeyThumbprint { get; set; }

    /// <summary>The algorithm of client assertions: one of those of <see cref="TokenJwtOptions.Algorithm"/>.</summary>
    /// <value>By the kind of key by default; <c>HS256</c> for <c>client_secret_jwt</c>.</value>
    public string? Algorithm { get; set; }

    /// <summary>The <c>aud</c> of client assertions: a template.</summary>
    /// <value>The endpoint's URL by default.</value>
    public TextList? AssertionAudience { get; set; }

    /// <summary>
    /// Further header parameters of client assertions: an object whose strings are templates. <c>alg</c>, <c>typ</c> and, where known,
    /// <c>kid</c> and the thumbprint are added unless it has them; an empty text leaves one out.
    /// </summary>
    public JsonNode? AssertionHeader { get; set; }

    /// <summary>From <c>iat</c> to <c>exp</c> of client assertions.</summary>
    /// <value>From 1 second to 1 day; 2 minutes by default.</value>
    public TimeSpan AssertionLifetime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A client certificate with its private key: a template that gives PEM, or a PKCS#12 file in base64. It is presented to
    /// the token endpoint whatever the authentication, and to the API as well (RFC 8705 section 3).
    /// </summary>
    public TextList? Certificate { get; set; }
}
