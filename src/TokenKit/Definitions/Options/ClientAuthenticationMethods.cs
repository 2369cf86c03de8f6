namespace TokenKit;

/// <summary>How the client proves who it is: the values of <see cref="TokenRefreshOptions.Authentication"/>.</summary>
public static class ClientAuthenticationMethods
{
    /// <summary>Id and secret in an <c>Authorization: Basic</c> header (RFC 6749 section 2.3.1). The presets' default.</summary>
    public const string ClientSecretBasic = "client_secret_basic";

    /// <summary>Id and secret as fields of the body.</summary>
    public const string ClientSecretPost = "client_secret_post";

    /// <summary>An assertion signed with the client secret (RFC 7523 section 2.2, OpenID Connect Core section 9).</summary>
    public const string ClientSecretJwt = "client_secret_jwt";

    /// <summary>An assertion signed with <see cref="TokenClientOptions.Key"/> (RFC 7523 section 2.2).</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>The client id as a field, and <see cref="TokenClientOptions.Certificate"/> from a trusted authority (RFC 8705 section 2.1).</summary>
    public const string TlsClientAuth = "tls_client_auth";

    /// <summary>The client id as a field, and a <see cref="TokenClientOptions.Certificate"/> the server knows (RFC 8705 section 2.2).</summary>
    public const string SelfSignedTlsClientAuth = "self_signed_tls_client_auth";

    /// <summary>The client id alone, as a field of the body: a public client (RFC 6749 section 2.1).</summary>
    public const string None = "none";

    /// <summary>Nothing is added. The default of requests that are spelt out.</summary>
    public const string Off = "off";
}
