using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TokenKit.Definitions.Tests;

/// <summary>A secret for every name that a file of definitions reads: a key or a certificate where it is used as one.</summary>
internal static partial class StandInSecrets
{
    private static readonly Lazy<RSA> Rsa = new(static () => RSA.Create(2048));

    public static Dictionary<string, string> For(string definitionFile, IReadOnlyDictionary<string, string> given)
    {
        var text = File.ReadAllText(definitionFile);
        var secrets = new Dictionary<string, string>(given, StringComparer.Ordinal);
        foreach (var section in Sections(JsonNode.Parse(text)!))
        {
            if (Secret().Match(Text(section, "Key")) is { Success: true } key)
            {
                secrets.TryAdd(key.Groups["name"].Value, Key(Text(section, "Algorithm"), Text(section, "KeyFormat")));
            }

            if (Secret().Match(Text(section, "Certificate")) is { Success: true } certificate)
            {
                secrets.TryAdd(certificate.Groups["name"].Value, Certificate());
            }
        }

        foreach (var match in Secret().Matches(text).Where(static match => !match.Groups["optional"].Success))
        {
            var name = match.Groups["name"].Value;
            secrets.TryAdd(name, $"stand-in-for-{name}");
        }

        return secrets;
    }

    /// <summary>Whether a file reads a key or a certificate, where not every text is one.</summary>
    public static bool AreMoreThanText(string definitionFile) =>
        Sections(JsonNode.Parse(File.ReadAllText(definitionFile))!).Any(static section =>
            Secret().IsMatch(Text(section, "Certificate"))
            || (Secret().IsMatch(Text(section, "Key")) && (Text(section, "Algorithm")[0] != 'H' || Text(section, "KeyFormat") == "hex")));

    private static IEnumerable<JsonObject> Sections(JsonNode node) => node switch
    {
        JsonObject section => [section, .. section.Select(static member => member.Value).OfType<JsonNode>().SelectMany(Sections)],
        JsonArray list => list.OfType<JsonNode>().SelectMany(Sections),
        _ => [],
    };

    private static string Text(JsonObject section, string member) => section[member] is JsonValue value ? value.ToString() : "";

    private static string Key(string algorithm, string format)
    {
        if (algorithm.StartsWith("ES", StringComparison.Ordinal))
        {
            using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return curve.ExportPkcs8PrivateKeyPem();
        }

        return (algorithm[0], format) switch
        {
            ('H', _) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(64)),
            (_, "jwk") => Jwk(Rsa.Value.ExportParameters(includePrivateParameters: true)),
            (_, "pfx") => Pfx(new CertificateRequest("CN=stand-in", Rsa.Value, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            _ => Rsa.Value.ExportPkcs8PrivateKeyPem(),
        };
    }

    private static string Jwk(RSAParameters numbers) => new JsonObject
    {
        ["kty"] = "RSA", ["kid"] = "stand-in",
        ["n"] = Base64Url.EncodeToString(numbers.Modulus), ["e"] = Base64Url.EncodeToString(numbers.Exponent),
        ["d"] = Base64Url.EncodeToString(numbers.D),
        ["p"] = Base64Url.EncodeToString(numbers.P), ["q"] = Base64Url.EncodeToString(numbers.Q),
        ["dp"] = Base64Url.EncodeToString(numbers.DP), ["dq"] = Base64Url.EncodeToString(numbers.DQ),
        ["qi"] = Base64Url.EncodeToString(numbers.InverseQ),
    }.ToJsonString();

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

    [GeneratedRegex(@"\b(?:secret|assertion)\.(?<name>[\w-]+)(?<optional>\?)?")]
    private static partial Regex Secret();
}
