using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A server that quotes what it was sent, cut and encoded as it likes: nothing of it is seen in failures and logs.</summary>
public sealed class QuotedCredentialTests
{
    private const int Rounds = 8;

    private const string Code = """
        { "Grant": "refresh_token", "TokenEndpoint": "https://login.example.com/token", "Authentication": "none", "Client": { "Id": "my-app" },
          "Seed": { "Code": "${secret.code}", "RedirectUri": "https://app.example.com/back", "CodeVerifier": "${secret.verifier}" } }
        """;

    private const string Assertion = """
        { "Grant": "urn:ietf:params:oauth:grant-type:jwt-bearer", "TokenEndpoint": "https://login.example.com/token", "Assertion": "${NAME}",
          "Jwt": { "own": { "Algorithm": "HS256", "Key": "${secret.signing}", "Claims": { "iss": "my-app" } } } }
        """;

    private const string ClientAssertion = """
        { "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/token", "Authentication": "private_key_jwt",
          "Client": { "Id": "my-app", "Key": "${secret.private-key}" } }
        """;

    private const string Json = """
        { "Request": { "Url": "https://login.example.com/token", "Json": { "device": "4711", "access": { "pin": "${secret.pin}" } } } }
        """;

    private const string Login = """
        { "Request": { "Url": "https://login.example.com/token", "Form": { "user": "ann", "password": "${secret.password}" } } }
        """;

    private static readonly string PrivateKey = NewPrivateKey();

    private static readonly Dictionary<string, string> Secrets = new()
    {
        ["code"] = "Ux7-cD2~kP9.vB4_mQ8wZ3",
        ["verifier"] = "Jt5.rN8_hF1-yG6~xL0sW4dE7aK2qC9",
        ["signing"] = "Vb3kM7nX1zL5pR9tY2wQ6sD8fG4hJ0aC",
        ["private-key"] = PrivateKey,
        ["pin"] = "Zq8/vX+9=zW&7LmR2~pYs8jT",
        ["password"] = "Ho4$gT!6uB?1nM2%eS9xI",
    };

    public static TheoryData<string, string, string> Sent() => new()
    {
        { "code", Code, "code" },
        { "code_verifier", Code, "code verifier" },
        { "assertion", Assertion.Replace("NAME", "jwt.own", StringComparison.Ordinal), "a JWT that the definition makes" },
        { "assertion", Assertion.Replace("NAME", "assertion.saml", StringComparison.Ordinal), "an assertion of the application's own" },
        { "client_assertion", ClientAssertion, "client assertion" },
        { "password", Login, "password" },
    };

    [Theory]
    [MemberData(nameof(Sent))]
    public Task Nothing_of_a_credential_that_was_sent_is_seen(string field, string definition, string what) =>
        QuoteAsync(definition, request => HttpUtility.ParseQueryString(request.Body)[field]!, what);

    [Fact]
    public Task Nothing_of_a_secret_in_a_JSON_body_is_seen() =>
        QuoteAsync(Json, static request => JsonDocument.Parse(request.Body).RootElement.GetProperty("access").GetProperty("pin").GetString()!, "pin");

    [Fact]
    public Task Nothing_of_a_private_key_is_seen() => QuoteAsync(
        ClientAssertion,
        static _ => string.Concat(PrivateKey.Split('\n').Where(static line => !line.StartsWith('-'))),
        "private key");

    private static async Task QuoteAsync(string definition, Func<ScriptedRequest, string> secretOf, string what)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var random = new Random(round);
            await using var host = new LanguageHost(
                definition, JsonSerializer.Serialize(Secrets), static services => services.AddKeyedSingleton<IAssertionSource, Saml>("saml"));
            var scan = new SecretLeakScan();
            host.Tokens.BeforeAnswer = number =>
            {
                var secret = secretOf(host.Tokens.Requests[number - 1]);
                var body = JsonSerializer.Serialize(new
                {
                    error = "no " + Quote(random, secret, scan, what),
                    error_description = $"Number 4711: {Quote(random, secret, scan, what)} {Quote(random, secret, scan, what)}",
                });
                host.Tokens.Then($"400\nContent-Type: application/json\n\n{body}");
            };

            var failure = (await host.RefreshAsync()).Failure!;

            var place = $"{what}, round {round}";
            failure.ErrorDescription.Should().Contain("4711", place).And.Contain("***", place);
            scan.In($"{failure.ErrorCode} {failure.ErrorDescription} {failure}", "failure").Should().BeEmpty(place);
            scan.In(JsonSerializer.Serialize(failure), "failure in JSON").Should().BeEmpty(place);
            scan.In(new TokenRefreshException(new TokenKey(LanguageHost.Name), failure)).Should().BeEmpty(place);
            host.Logs.Of(1203).Should().NotBeEmpty(place);
            scan.In(host.Logs).Should().BeEmpty(place);
        }
    }

    // At least eight characters, so that there is something to hide.
    private static string Quote(Random random, string secret, SecretLeakScan scan, string what)
    {
        var start = random.Next(secret.Length - 8);
        var text = secret.Substring(start, random.Next(8, Math.Min(24, secret.Length - start) + 1));
        scan.AddRuns(what, text);
        var bytes = Encoding.UTF8.GetBytes("i:="[..random.Next(3)] + text);
        return random.Next(7) switch
        {
            0 => text,
            1 => WebUtility.UrlEncode(text),
            2 => Uri.EscapeDataString(text),
            3 => Convert.ToHexStringLower(bytes),
            4 => Convert.ToBase64String(bytes),
            5 => Base64Url.EncodeToString(bytes),
            _ => string.Concat(bytes.Select(static octet => $"%{octet:x2}")),
        };
    }

    private static string NewPrivateKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem().Trim();
    }

    private sealed class Saml : IAssertionSource
    {
        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) =>
            new("PHNhbWw6QXNzZXJ0aW9uIElEPSJfN2Y0ZTlhM2I4YzFkNSI+");
    }
}
