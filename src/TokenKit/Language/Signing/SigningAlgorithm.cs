using System.Collections.Frozen;
using System.Security.Cryptography;

namespace TokenKit.Language.Signing;

/// <summary>What a key must be for an algorithm.</summary>
internal enum SigningKeyKind
{
    Octets,
    Rsa,
    EllipticCurve,
}

/// <summary>A signature algorithm of JOSE (RFC 7518 section 3.1).</summary>
/// <param name="Name">Its name, such as <c>RS256</c>.</param>
/// <param name="Kind">What its key must be.</param>
/// <param name="Hash">The hash.</param>
/// <param name="CurveSize">The size of the curve in bits, for ES; else 0.</param>
/// <param name="Padding">The padding, for RS and PS.</param>
internal sealed record SigningAlgorithm(
    string Name, SigningKeyKind Kind, HashAlgorithmName Hash, int CurveSize = 0, RSASignaturePadding? Padding = null)
{
    private static readonly FrozenDictionary<string, SigningAlgorithm> ByName = new SigningAlgorithm[]
    {
        new("HS256", SigningKeyKind.Octets, HashAlgorithmName.SHA256),
        new("HS384", SigningKeyKind.Octets, HashAlgorithmName.SHA384),
        new("HS512", SigningKeyKind.Octets, HashAlgorithmName.SHA512),
        new("RS256", SigningKeyKind.Rsa, HashAlgorithmName.SHA256, Padding: RSASignaturePadding.Pkcs1),
        new("RS384", SigningKeyKind.Rsa, HashAlgorithmName.SHA384, Padding: RSASignaturePadding.Pkcs1),
        new("RS512", SigningKeyKind.Rsa, HashAlgorithmName.SHA512, Padding: RSASignaturePadding.Pkcs1),
        new("PS256", SigningKeyKind.Rsa, HashAlgorithmName.SHA256, Padding: RSASignaturePadding.Pss),
        new("PS384", SigningKeyKind.Rsa, HashAlgorithmName.SHA384, Padding: RSASignaturePadding.Pss),
        new("PS512", SigningKeyKind.Rsa, HashAlgorithmName.SHA512, Padding: RSASignaturePadding.Pss),
        new("ES256", SigningKeyKind.EllipticCurve, HashAlgorithmName.SHA256, 256),
        new("ES384", SigningKeyKind.EllipticCurve, HashAlgorithmName.SHA384, 384),
        new("ES512", SigningKeyKind.EllipticCurve, HashAlgorithmName.SHA512, 521),
    }.ToFrozenDictionary(static algorithm => algorithm.Name, StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<string> Names => ByName.Keys.Order(StringComparer.Ordinal);

    public static SigningAlgorithm? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The usual algorithm for a key, where a definition names none.</summary>
    public static SigningAlgorithm For(SigningKey key) => ByName[key switch
    {
        { Kind: SigningKeyKind.Rsa } => "RS256",
        { Kind: SigningKeyKind.EllipticCurve, CurveSize: 384 } => "ES384",
        { Kind: SigningKeyKind.EllipticCurve, CurveSize: 521 } => "ES512",
        { Kind: SigningKeyKind.EllipticCurve } => "ES256",
        _ => "HS256",
    }];
}
