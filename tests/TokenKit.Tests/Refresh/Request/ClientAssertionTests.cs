using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Web;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Header and lifetime of the assertion by which a client proves who it is.</summary>
public sealed class ClientAssertionTests
{
    private static readonly RSA Key = RSA.Create(2048);
    private static readonly X509Certificate2 Own = Issue(Key);

    [Theory]
    [InlineData("", "x5t#S256")]
    [InlineData("x5t#S256", "x5t#S256")]
    [InlineData("x5t", "x5t")]
    [InlineData("none", null)]
    public async Task The_certificate_of_a_PKCS_12_key_is_named_by_its_thumbprint(string written, string? member)
    {
        var (header, _) = await AssertionAsync(Pfx(), $$""" "KeyFormat": "pfx" {{(written.Length == 0 ? "" : $", \"KeyThumbprint\": \"{written}\"")}} """);

        header.Select(static pair => pair.Key).Where(static name => name.StartsWith("x5t", StringComparison.Ordinal)).Should().Equal(member is null ? [] : [member]);
        if (member is not null)
        {
            header[member]!.GetValue<string>().Should().Be(Base64Url.EncodeToString(Own.GetCertHash(member == "x5t" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256)));
        }
    }

    [Fact]
    public async Task Of_several_certificates_beside_a_PEM_key_its_own_is_named()
    {
        using var other = RSA.Create(2048);
        using var issuer = Issue(other);
        var pem = string.Join('\n', issuer.ExportCertificatePem(), Key.ExportPkcs8PrivateKeyPem(), Own.ExportCertificatePem());

        var (header, _) = await AssertionAsync(pem, "");

        header["x5t#S256"]!.GetValue<string>().Should().Be(Base64Url.EncodeToString(Own.GetCertHash(HashAlgorithmName.SHA256)));
    }

    [Fact]
    public async Task A_key_without_a_certificate_of_its_own_has_no_thumbprint()
    {
        using var other = RSA.Create(2048);
        using var stranger = Issue(other);

        foreach (var text in new[] { Key.ExportPkcs8PrivateKeyPem(), $"{Key.ExportPkcs8PrivateKeyPem()}\n{stranger.ExportCertificatePem()}" })
        {
            var (header, _) = await AssertionAsync(text, "");

            header.Select(static pair => pair.Key).Should().Equal("alg", "typ");
        }
    }

    [Fact]
    public async Task Header_and_lifetime_can_be_written()
    {
        var (header, claims) = await AssertionAsync(Pfx(), """
            "KeyFormat": "pfx", "KeyId": "k1", "AssertionLifetime": "10m",
            "AssertionHeader": { "typ": "client-authentication+jwt", "kid": "", "x5t#S256": "own", "region": "${param.region}" }
            """);

        header.ToJsonString().Should().Be("""{"region":"eu","typ":"client-authentication\u002Bjwt","x5t#S256":"own","alg":"RS256"}""");
        (claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>()).Should().Be(600);
    }

    [Fact]
    public async Task An_assertion_lives_for_two_minutes_by_default()
    {
        var (_, claims) = await AssertionAsync(Pfx(), """ "KeyFormat": "pfx" """);

        (claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>()).Should().Be(120);
    }

    private static async Task<(JsonObject Header, JsonObject Claims)> AssertionAsync(string key, string client)
    {
        var separator = string.IsNullOrWhiteSpace(client) ? "" : ",";
        await using var host = new LanguageHost(
            $$"""
            { "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/token", "Authentication": "private_key_jwt",
              "Params": { "region": "eu" },
              "Client": { "Id": "my-app", "Key": "${secret.key}" {{separator}} {{client}} } }
            """,
            new JsonObject { ["key"] = key }.ToJsonString());
        host.Tokens.Then("""
            200
            Content-Type: application/json

            {"access_token":"t-1","token_type":"Bearer","expires_in":3600}
            """);

        (await host.RefreshAsync()).Failure.Should().BeNull();

        var parts = HttpUtility.ParseQueryString(host.Tokens.Requests[0].Body)["client_assertion"]!.Split('.');
        return (Read(parts[0]), Read(parts[1]));
    }

    private static JsonObject Read(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();

    private static string Pfx() => Convert.ToBase64String(Own.Export(X509ContentType.Pkcs12));

    private static X509Certificate2 Issue(RSA key)
    {
        var request = new CertificateRequest("CN=signer", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var issued = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
