namespace TokenKit;

/// <summary>
/// By which thumbprint a client assertion names the certificate of its key: the values of <see cref="TokenClientOptions.KeyThumbprint"/>.
/// </summary>
public enum CertificateThumbprint
{
    /// <summary>By SHA-256, in the header <c>x5t#S256</c> (RFC 7515 section 4.1.8). <c>x5t#S256</c> in configuration.</summary>
    Sha256,

    /// <summary>By SHA-1, in the header <c>x5t</c> (RFC 7515 section 4.1.7), for servers that know no other. <c>x5t</c> in configuration.</summary>
    Sha1,

    /// <summary>By none. <c>none</c> in configuration.</summary>
    None,
}
