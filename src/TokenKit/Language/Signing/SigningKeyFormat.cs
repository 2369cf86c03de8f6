namespace TokenKit;

/// <summary>
/// How the text of a key is written: the values of <see cref="TokenClientOptions.KeyFormat"/> and
/// <see cref="TokenJwtOptions.KeyFormat"/>.
/// </summary>
public enum SigningKeyFormat
{
    /// <summary>
    /// PEM, with or without its line breaks: PKCS#8, PKCS#1, SEC 1, a public key or a certificate. <c>pem</c> in configuration.
    /// </summary>
    Pem,

    /// <summary>A JSON Web Key (RFC 7517). <c>jwk</c> in configuration.</summary>
    Jwk,

    /// <summary>A PKCS#12 file in base64. <c>pfx</c> in configuration.</summary>
    Pfx,

    /// <summary>The octets in hexadecimal digits. <c>hex</c> in configuration.</summary>
    Hex,

    /// <summary>The octets of the text itself in UTF-8. <c>utf8</c> in configuration.</summary>
    Utf8,
}
