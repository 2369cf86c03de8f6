using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TokenKit.Language.Signing;

namespace TokenKit.Tests;

public sealed class SigningKeyReaderTests
{
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDsa Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static TheoryData<string, Func<RSA, string>> RsaForms => new()
    {
        { "PKCS#8", rsa => rsa.ExportPkcs8PrivateKeyPem() },
        { "PKCS#1", rsa => rsa.ExportRSAPrivateKeyPem() },
        { "without line breaks", rsa => rsa.ExportPkcs8PrivateKeyPem().Replace("\n", "", StringComparison.Ordinal) },
        { "with blanks for line breaks", rsa => rsa.ExportRSAPrivateKeyPem().Replace('\n', ' ') },
        { "with written line breaks", rsa => rsa.ExportPkcs8PrivateKeyPem().Replace("\n", "\\n", StringComparison.Ordinal) },
        { "without armour", rsa => Convert.ToBase64String(rsa.ExportPkcs8PrivateKey()) },
        { "PKCS#1 without armour", rsa => Convert.ToBase64String(rsa.ExportRSAPrivateKey()) },
        { "JWK", JwkOf },
        { "set of JWK", rsa => $$"""{"keys":[{{JwkOf(rsa)}}]}""" },
    };

    [Theory]
    [MemberData(nameof(RsaForms))]
    public void An_RSA_key_is_read_as_people_have_it(string form, Func<RSA, string> write)
    {
        using var key = SigningKeyReader.Read(write(Rsa), null, null, null, out var why);

        key.Should().NotBeNull($"{form}: {why}");
        key!.PublicKey().Should().Equal(Rsa.ExportSubjectPublicKeyInfo());
        key.ProblemWith(SigningAlgorithm.Find("RS256")!).Should().BeNull();
        key.ProblemWith(SigningAlgorithm.Find("ES256")!).Should().NotBeNull();
    }

    [Fact]
    public void A_key_of_aCurve_is_read_from_SEC_1_and_from_PKCS_8()
    {
        foreach (var text in new[] { Curve.ExportECPrivateKeyPem(), Curve.ExportPkcs8PrivateKeyPem() })
        {
            using var key = SigningKeyReader.Read(text, SigningKeyFormat.Pem, null, null, out _);

            key!.PublicKey().Should().Equal(Curve.ExportSubjectPublicKeyInfo());
            SigningAlgorithm.For(key).Name.Should().Be("ES256");
            key.ProblemWith(SigningAlgorithm.Find("ES384")!).Should().Contain("curve");
        }
    }

    [Fact]
    public void An_encrypted_key_opens_by_its_password_and_by_no_other()
    {
        var pem = Rsa.ExportEncryptedPkcs8PrivateKeyPem("open", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

        using var key = SigningKeyReader.Read(pem, null, "open", null, out _);
        using var wrong = SigningKeyReader.Read(pem, null, "shut", null, out var why);

        key.Should().NotBeNull();
        wrong.Should().BeNull();
        why.Should().Contain("password").And.NotContain("shut");
    }

    [Fact]
    public void A_key_in_a_PKCS_12_file_is_read()
    {
        var request = new CertificateRequest("CN=signer", Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var file = Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, "open"));

        using var key = SigningKeyReader.Read(file, SigningKeyFormat.Pfx, "open", null, out _);

        key!.PublicKey().Should().Equal(Rsa.ExportSubjectPublicKeyInfo());
    }

    [Theory]
    [InlineData("6b6579", "hex")]
    [InlineData("key", "utf8")]
    [InlineData("""{"kty":"oct","k":"a2V5","kid":"k-1"}""", "jwk")]
    public void Octets_are_read_from_digits_text_and_JWK(string text, string format)
    {
        using var key = SigningKeyReader.Read(text, Enum.Parse<SigningKeyFormat>(format, ignoreCase: true), null, null, out _);

        key!.Sign("data"u8.ToArray(), SigningAlgorithm.Find("HS256")!).Should().Equal(HMACSHA256.HashData("key"u8, "data"u8));
        key.KeyId.Should().Be(format == "jwk" ? "k-1" : null);
    }

    [Theory]
    [InlineData("", "pem")]
    [InlineData("-----BEGIN PRIVATE KEY-----%%%-----END PRIVATE KEY-----", "pem")]
    [InlineData("-----BEGIN PRIVATE KEY-----AAAA", "pem")]
    [InlineData("{\"kty\":\"RSA\"}", "jwk")]
    [InlineData("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"!\"}", "jwk")]
    [InlineData("zz", "hex")]
    [InlineData("AAAA", "pfx")]
    public void What_is_no_key_is_refused_without_quoting_it(string text, string format)
    {
        var key = SigningKeyReader.Read(text, Enum.Parse<SigningKeyFormat>(format, ignoreCase: true), null, null, out var why);

        key.Should().BeNull();
        why.Should().Contain("no key that can be read");
    }

    private static string JwkOf(RSA rsa)
    {
        var key = rsa.ExportParameters(includePrivateParameters: true);
        return $$"""
            {"kty":"RSA","kid":"k-1","n":"{{Url(key.Modulus)}}","e":"{{Url(key.Exponent)}}","d":"{{Url(key.D)}}","p":"{{Url(key.P)}}",
             "q":"{{Url(key.Q)}}","dp":"{{Url(key.DP)}}","dq":"{{Url(key.DQ)}}","qi":"{{Url(key.InverseQ)}}"}
            """;
    }

    private static string Url(byte[]? number) => Base64Url.EncodeToString(number);
}
