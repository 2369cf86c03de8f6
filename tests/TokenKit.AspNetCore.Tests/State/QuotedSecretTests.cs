using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A server that quotes secrets, cut and encoded as it likes; then everything is searched in which its words turn up.</summary>
public sealed class QuotedSecretTests
{
    private const int Rounds = 60;
    private const string ClientSecret = "Kq8/vX+9=zW&7\"LmR2~pYs8jT";
    private const string Operator = "role=operator";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_that_a_server_quotes_of_a_secret_is_seen_anywhere(int seed)
    {
        var random = new Random(seed);
        var events = new ConcurrentQueue<TokenEvent>();
        await using var host = await StartAsync(events);
        (host.Endpoint.Options.AccessTokenPrefix, host.Endpoint.Options.RefreshTokenPrefix) = ("Xw4kV-zR8.pL2~bN6_", "Gm7hQ~cT1-yD5.fS9_");
        await host.RefreshAsync("crm");
        var sent = host.Endpoint.Requests[^1];
        (string Name, string Secret)[] secrets =
        [
            ("client secret", ClientSecret),
            ("refresh token", sent.IssuedRefreshToken!),
            ("access token", sent.IssuedAccessToken!),
            ("API key", "aP1-kEy/0815+4711=zZ"),
            ("signature", sent.Form["check"]),
            ("Basic pair", sent.Headers["Authorization"].Split(' ')[1]),
        ];
        var scan = new SecretLeakScan();
        foreach (var (name, secret) in secrets)
        {
            scan.AddRuns(name, secret);
        }

        var (codes, words) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            host.Time.Advance(TimeSpan.FromHours(3));
            var status = random.Next(4) == 0 ? HttpStatusCode.OK : HttpStatusCode.BadRequest;
            var body = JsonSerializer.Serialize(new
            {
                error = Quote(random, secrets),
                error_description = Quote(random, secrets),
                error_uri = "https://login.example/" + Quote(random, secrets),
            });
            host.Endpoint.FailNext(status, body, count: 9);

            var call = async () => await host.Source("crm").GetTokenAsync();
            var exception = (await call.Should().ThrowAsync<TokenRefreshException>()).Which;
            await host.FlightEndedAsync("crm");
            host.Endpoint.ClearPrepared();

            var place = $"round {round}, {body}";
            codes += exception.Failure.ErrorCode?.Length > 3 ? 1 : 0;
            words += exception.Failure.ErrorDescription?.Length > 3 ? 1 : 0;
            scan.In(exception).Should().BeEmpty(place);
            scan.In($"{exception.Failure.ErrorCode} {exception.Failure}", "failure").Should().BeEmpty(place);
            scan.In(JsonSerializer.Serialize(exception.Failure), "failure in JSON").Should().BeEmpty(place);
            scan.In(await TextAsync(host, "/tokens/crm"), "endpoint").Should().BeEmpty(place);
            scan.In(await TextAsync(host, "/tokens/ui"), "page").Should().BeEmpty(place);
        }

        codes.Should().BeGreaterThan(Rounds / 2, "what is no secret is shown");
        words.Should().BeGreaterThan(Rounds / 2);
        var inspector = host.Services.GetRequiredKeyedService<ITokenInspector>("crm");
        scan.In(JsonSerializer.Serialize(inspector.GetRefreshes()), "history").Should().BeEmpty();
        scan.In(JsonSerializer.Serialize(inspector.GetStatus()), "status").Should().BeEmpty();
        events.Should().HaveCountGreaterThan(Rounds / 2);
        scan.In(JsonSerializer.Serialize(events), "events").Should().BeEmpty();
        host.Logs.Entries.Should().Contain(entry => entry.EventId.Id == 1203);
        scan.In(host.Logs).Should().BeEmpty();
    }

    private static Task<WebHost> StartAsync(ConcurrentQueue<TokenEvent> events) => WebHost.StartAsync(
        (builder, endpoint) =>
        {
            string? seed = null;
            endpoint.AddClient("app", ClientSecret);
            builder.Services.AddRefreshToken("crm", endpoint, token =>
            {
                token.Client.Id = "app";
                token.Client.Secret = ClientSecret;
                token.Authentication = ClientAuthenticationMethods.ClientSecretBasic;
                token.RefreshRequest.Headers["X-Api-Key"] = "aP1-kEy/0815+4711=zZ";
                token.RefreshRequest.Form["check"] = "${hmacsha256(client.secret, 'app', 'hex')}";
                token.Seed.RefreshToken = seed ??= endpoint.IssueRefreshToken("app");
                token.Resilience.Attempts = 1;
            }).OnTokenEvent(events.Enqueue);
            TestUsers.Add(builder.Services);
            builder.Services.AddTokenPermissions(permissions => permissions.AddToken("crm", token => token.Update.Roles.Add("operator")));
        },
        static app =>
        {
            app.MapTokenRefresh();
            app.MapTokenDashboard();
        });

    // A run of at least eight characters, so that there is something to hide; the writing of it may be cut again.
    private static string Quote(Random random, (string Name, string Secret)[] secrets)
    {
        var secret = secrets[random.Next(secrets.Length)].Secret;
        var start = random.Next(secret.Length - 8);
        var written = Write(random, secret.Substring(start, random.Next(8, secret.Length - start + 1)));
        var cut = random.Next(3);
        return $"bad_{written[cut..^random.Next(3)]}{(random.Next(2) == 0 ? "" : " of 4711")}";
    }

    private static string Write(Random random, string text)
    {
        var bytes = Encoding.UTF8.GetBytes("i:="[..random.Next(3)] + text);
        return random.Next(9) switch
        {
            0 => text,
            1 => WebUtility.UrlEncode(text),
            2 => Uri.EscapeDataString(text),
            3 => JsonEncodedText.Encode(text).ToString(),
            4 => Convert.ToHexStringLower(bytes),
            5 => Convert.ToHexString(bytes),
            6 => Convert.ToBase64String(bytes),
            7 => Base64Url.EncodeToString(bytes),
            _ => string.Concat(bytes.Select(octet => $"%{octet:x2}")),
        };
    }

    private static async Task<string> TextAsync(WebHost host, string path)
    {
        using var answer = await host.Client(Operator).GetAsync(path);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync();
    }
}
