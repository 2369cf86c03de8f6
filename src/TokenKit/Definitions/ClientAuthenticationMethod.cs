namespace TokenKit.Definitions;

/// <summary>How the client proves who it is (OpenID Connect names).</summary>
internal enum ClientAuthenticationMethod
{
    /// <summary>Nothing is added; spelt-out requests say it all themselves.</summary>
    Off,

    /// <summary>The client id alone.</summary>
    None,

    ClientSecretBasic,

    ClientSecretPost,

    /// <summary>An assertion signed with the secret (RFC 7523 section 2.2).</summary>
    ClientSecretJwt,

    /// <summary>An assertion signed with a private key (RFC 7523 section 2.2).</summary>
    PrivateKeyJwt,

    /// <summary>The client id and a certificate (RFC 8705 section 2.1).</summary>
    TlsClientAuth,

    /// <summary>Likewise, with a certificate that the server knows (RFC 8705 section 2.2).</summary>
    SelfSignedTlsClientAuth,
}
