using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;

namespace TokenKit.Checking.Checks;

/// <summary>Keys and certificates for a check that nobody gave any: made on the spot, of the kind that the definition asks for.</summary>
internal static class StandInKeys
{
    private const int KeySize = 2048;

    /// <summary>The key for a secret; <see langword="null"/> where the definition does not use it as one.</summary>
    public static string? For(string secret, TokenDefinition definition)
    {
        ExchangeDefinition[] exchanges = [.. new[] { definition.Seed?.CodeExchange, definition.Request, definition.RefreshRequest }.OfType<ExchangeDefinition>()];
        var keys = definition.Jwts.Values.Select(static jwt => jwt.Key)
            .Concat(exchanges.Select(static exchange => exchange.Client.Assertion).OfType<KeyDefinition>());
        if (keys.FirstOrDefault(key => IsWhole(secret, key.Key)) is { } key)
        {
            return Make(key);
        }

        return exchanges.Any(exchange => IsWhole(secret, exchange.Client.Certificate)) ? Certificate() : null;
    }

    private static bool IsWhole(string secret, ImmutableArray<Template> templates) =>
        templates.Any(template => template.References is [{ Root: "secret" } only] && only.Member == secret);

    private static string Make(KeyDefinition key) => key.Algorithm switch
    {
        { Kind: SigningKeyKind.EllipticCurve, CurveSize: var size } => EllipticCurve(size, key.Format),
        { Kind: SigningKeyKind.Octets } => Octets(key.Format),
        null when key.Format is SigningKeyFormat.Hex or SigningKeyFormat.Utf8 => Octets(key.Format),
        _ => Rsa(key.Format),
    };

    private static string Octets(SigningKeyFormat? format)
    {
        var octets = RandomNumberGenerator.GetBytes(64);
        return format == SigningKeyFormat.Jwk
            ? new JsonObject { ["kty"] = "oct", ["kid"] = "stand-in", ["k"] = Base64Url.EncodeToString(octets) }.ToJsonString()
            : Convert.ToHexStringLower(octets);
    }

    private static string EllipticCurve(int size, SigningKeyFormat? format)
    {
        using var key = ECDsa.Create(size switch
        {
            384 => ECCurve.NamedCurves.nistP384,
            521 => ECCurve.NamedCurves.nistP521,
            _ => ECCurve.NamedCurves.nistP256,
        });
        if (format == SigningKeyFormat.Jwk)
        {
            var numbers = key.ExportParameters(includePrivateParameters: true);
            return new JsonObject
            {
                ["kty"] = "EC",
                ["kid"] = "stand-in",
                ["crv"] = $"P-{size}",
                ["x"] = Base64Url.EncodeToString(numbers.Q.X),
                ["y"] = Base64Url.EncodeToString(numbers.Q.Y),
                ["d"] = Base64Url.EncodeToString(numbers.D),
            }.ToJsonString();
        }

        return format == SigningKeyFormat.Pfx
            ? Pfx(new CertificateRequest("CN=stand-in", key, HashAlgorithmName.SHA256))
            : key.ExportPkcs8PrivateKeyPem();
    }

    private static string Rsa(SigningKeyFormat? format)
    {
        using var key = RSA.Create(KeySize);
        if (format == SigningKeyFormat.Jwk)
        {
            var numbers = key.ExportParameters(includePrivateParameters: true);
            return new JsonObject
            {
                ["kty"] = "RSA",
                ["kid"] = "stand-in",
                ["n"] = Base64Url.EncodeToString(numbers.Modulus),
                ["e"] = Base64Url.EncodeToString(numbers.Exponent),
                ["d"] = Base64Url.EncodeToString(numbers.D),
                ["p"] = Base64Url.EncodeToString(numbers.P),
                ["q"] = Base64Url.EncodeToString(numbers.Q),
                ["dp"] = Base64Url.EncodeToString(numbers.DP),
                ["dq"] = Base64Url.EncodeToString(numbers.DQ),
                ["qi"] = Base64Url.EncodeToString(numbers.InverseQ),
            }.ToJsonString();
        }

        return format == SigningKeyFormat.Pfx
            ? Pfx(new CertificateRequest("CN=stand-in", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            : key.ExportPkcs8PrivateKeyPem();
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(new CertificateRequest("CN=stand-in", key, HashAlgorithmName.SHA256));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}";
    }

    private static string Pfx(CertificateRequest request)
    {
        using var certificate = Issue(request);
        return Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12));
    }

    private static X509Certificate2 Issue(CertificateRequest request) =>
        request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
}
