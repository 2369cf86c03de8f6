using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Language.Signing;

/// <summary>Reads a JSON Web Key (RFC 7517, RFC 7518 section 6) of the kinds <c>RSA</c>, <c>EC</c> and <c>oct</c>.</summary>
internal static class JsonWebKeyReader
{
    /// <exception cref="CryptographicException">The numbers make no key.</exception>
    /// <exception cref="FormatException">A number is not base64url.</exception>
    public static SigningKey? Read(string text)
    {
        if (!WellFormedText.Is(text) || !AnswerJson.TryRead(Encoding.UTF8.GetBytes(text), out var key, out _))
        {
            return null;
        }

        // A set with one key is as common as the key alone.
        var found = key.Member("keys").Element(0) is ExpressionValue.ObjectValue first ? first : key;
        var id = TextOf(found, "kid");
        return TextOf(found, "kty") switch
        {
            "RSA" => SigningKey.Of(RSA.Create(RsaOf(found)), id),
            "EC" when CurveOf(found) is { } curve => SigningKey.Of(
                ECDsa.Create(new ECParameters { Curve = curve, Q = { X = NumberOf(found, "x"), Y = NumberOf(found, "y") }, D = NumberOf(found, "d") }), id),
            "oct" when NumberOf(found, "k") is { } octets => SigningKey.Of(octets, id),
            _ => null,
        };
    }

    private static RSAParameters RsaOf(ExpressionValue.ObjectValue key) => new()
    {
        Modulus = NumberOf(key, "n"),
        Exponent = NumberOf(key, "e"),
        D = NumberOf(key, "d"),
        P = NumberOf(key, "p"),
        Q = NumberOf(key, "q"),
        DP = NumberOf(key, "dp"),
        DQ = NumberOf(key, "dq"),
        InverseQ = NumberOf(key, "qi"),
    };

    private static ECCurve? CurveOf(ExpressionValue.ObjectValue key) => TextOf(key, "crv") switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        "P-521" => ECCurve.NamedCurves.nistP521,
        _ => null,
    };

    private static byte[]? NumberOf(ExpressionValue.ObjectValue key, string name) =>
        TextOf(key, name) is { } text ? Base64Url.DecodeFromChars(text) : null;

    private static string? TextOf(ExpressionValue.ObjectValue key, string name) =>
        key.Member(name) is ExpressionValue.TextValue { Text: { Length: > 0 } text } ? text : null;
}
