namespace TokenKit.Language.Signing;

/// <summary>How the text of a key is to be read.</summary>
internal enum SigningKeyFormat
{
    /// <summary>PEM, with or without its line breaks: PKCS#8, PKCS#1, SEC 1, a public key or a certificate.</summary>
    Pem,

    /// <summary>A JSON Web Key (RFC 7517).</summary>
    Jwk,

    /// <summary>A PKCS#12 file in base64.</summary>
    Pfx,

    /// <summary>The octets in hexadecimal digits.</summary>
    Hex,

    /// <summary>The octets of the text itself in UTF-8.</summary>
    Utf8,
}
