using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What is secret in every cell beside the tokens.</summary>
internal static class MatrixSecrets
{
    public const string Password = "p4ss-of-the-matrix-login";
    public const string ApiKey = "k3y-of-the-matrix-api";
    public const string Assertion = "4ssertion-of-the-matrix-platform";
    public const string SigningKey = "s1gning-key-of-the-matrix-of-32-bytes";
    public const string CheckedAccessToken = "ch3cked-access-token-of-the-matrix";
    public const string CheckedRefreshToken = "ch3cked-refresh-token-of-the-matrix";

    public static string Certificate { get; } = MakeCertificate();

    public static IEnumerable<KeyValuePair<string, string?>> Configuration { get; } =
    [
        new("Secrets:matrix-client", FakeTokenEndpoint.DefaultClientSecret),
        new("Secrets:matrix-password", Password),
        new("Secrets:matrix-api-key", ApiKey),
        new("Secrets:matrix-signing-key", SigningKey),
        new("Secrets:matrix-certificate", Certificate),
    ];

    public static SecretLeakScan Scan() => new SecretLeakScan()
        .Add("password", Password)
        .Add("API key", ApiKey)
        .Add("assertion", Assertion)
        .Add("signing key", SigningKey)
        .Add("checked access token", CheckedAccessToken)
        .Add("checked refresh token", CheckedRefreshToken)
        .Add("certificate's key", Certificate[(Certificate.IndexOf("PRIVATE KEY-----", StringComparison.Ordinal) + 17)..][..60]);

    private static string MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=matrix", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
    }
}
