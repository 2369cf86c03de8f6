using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A code is redeemed with every part of its registration, and leaves no trace where refreshes are watched.</summary>
public sealed class ConsentPartsTests
{
    private const string Keeper = "alice,role=keeper";

    [Fact]
    public async Task A_parameter_that_differs_from_subject_to_subject_is_resolved_for_the_code_too()
    {
        var asked = new List<TokenKey>();
        await using var host = await StartAsync(
            (builder, endpoint) => builder.Services.AddTokenRefresh("crm", _ => { }).UseParamResolver(["host", "client"], (_, key, _) =>
            {
                asked.Add(key);
                return new(new Dictionary<string, string> { ["host"] = endpoint.Address.Host, ["client"] = FakeTokenEndpoint.DefaultClientId });
            }),
            token =>
            {
                token.TokenEndpoint = "https://${param.host}/oauth/token";
                token.Client.Id = "${param.client}";
                token.RefreshRequest.AllowedOrigins = "https://login.tokenkit.test";
            });

        (await ConnectAsync(host, "/connect/crm/acme")).Should().Be(HttpStatusCode.OK);

        asked.Should().NotBeEmpty().And.OnlyContain(key => key == new TokenKey("crm", "acme"));
        (await host.RefreshAsync("crm", "acme")).Succeeded.Should().BeTrue();
    }

    [Fact]
    public async Task An_answer_reader_reads_the_answer_to_the_code_too()
    {
        var reader = new CountingReader();
        await using var host = await StartAsync((builder, _) => builder.Services.AddKeyedSingleton<ITokenAnswerReader>("crm", reader));

        (await ConnectAsync(host, "/connect/crm")).Should().Be(HttpStatusCode.OK);

        reader.Reads.Should().Be(1);
    }

    [Fact]
    public async Task An_assertion_source_is_asked_for_the_code_too()
    {
        var source = new FixedAssertion();
        await using var host = await StartAsync(
            (builder, _) => builder.Services.AddKeyedSingleton<IAssertionSource>("saml", source),
            token => token.Placement.Headers.Add("X-Assertion", "${assertion.saml}"));

        (await ConnectAsync(host, "/connect/crm")).Should().Be(HttpStatusCode.OK);

        source.Asked.Should().Be(1);
    }

    [Fact]
    public async Task A_request_signer_signs_the_request_for_the_code_too()
    {
        var signer = new CountingSigner();
        await using var host = await StartAsync(
            (builder, _) => builder.Services.AddKeyedSingleton<IRequestSigner>("house", signer),
            token => token.RefreshRequest.Sign = "house");

        (await ConnectAsync(host, "/connect/crm")).Should().Be(HttpStatusCode.OK);

        signer.Signed.Should().Be(1);
        host.Endpoint.Requests.Single().Headers.Should().ContainKey("X-Signature");
    }

    [Fact]
    public async Task The_client_authenticates_for_the_code_as_it_does_for_a_renewal()
    {
        await using var host = await StartAsync(
            (_, endpoint) => endpoint.AddClient(FakeTokenEndpoint.DefaultClientId, FakeTokenEndpoint.DefaultClientSecret, FakeClientAuthentication.Post),
            token => token.RefreshRequest.Authentication = ClientAuthenticationMethods.ClientSecretPost);

        (await ConnectAsync(host, "/connect/crm")).Should().Be(HttpStatusCode.OK);
        (await host.RefreshAsync("crm")).Succeeded.Should().BeTrue();
    }

    [Fact]
    public async Task A_code_is_no_refresh_of_the_registration_in_history_and_metrics()
    {
        await using var host = await StartAsync();
        using var metrics = new RecordedMetrics(host.Services.GetRequiredService<IMeterFactory>());

        (await ConnectAsync(host, "/connect/crm")).Should().Be(HttpStatusCode.OK);

        host.Services.GetRequiredKeyedService<ITokenInspector>("crm").GetRefreshes().Should().BeEmpty();
        metrics.Observe();
        metrics.Of("tokenkit.token.remaining_lifetime").Should().BeEmpty("only what the registration itself holds is watched");
    }

    [Fact]
    public async Task Nothing_of_a_code_and_its_verifier_that_a_server_quotes_is_seen()
    {
        const string Code = "Ux7-cD2~kP9.vB4_mQ8wZ3";
        var scan = new SecretLeakScan().AddRuns("code", Code);
        await using var host = await StartAsync(
            (builder, _) => builder.Services.AddHttpClient("tokenkit-crm").AddHttpMessageHandler(() => new Quoting(sent =>
            {
                sent["code"].ToString().Should().Be(Code);
                scan.AddRuns("verifier", sent["code_verifier"].ToString());
            })));

        var (status, page) = await AnswerAsync(host, "/connect/crm", Code);

        status.Should().NotBe(HttpStatusCode.OK);
        scan.In(page, "page").Should().BeEmpty();
        host.Logs.Entries.Where(static entry => entry.EventId.Name == "ConsentFailed").Should().ContainSingle()
            .Which.Message.Should().Contain("Number 4711").And.Contain("***");
        scan.In(host.Logs).Should().BeEmpty();
    }

    private static Task<WebHost> StartAsync(Action<WebApplicationBuilder, FakeTokenEndpoint>? configure = null, Action<TokenRefreshOptions>? crm = null) =>
        TokenWebHost.StartAsync(
            configure,
            map: app => app.MapTokenConsent("/connect", consent => consent.AddToken("crm", token => token.AuthorizationEndpoint = "https://login.example.com/authorize")),
            crm: token =>
            {
                token.Seed.RefreshToken = null;
                token.Scope = ["orders.read", "offline_access"];
                crm?.Invoke(token);
            });

    private static async Task<HttpStatusCode> ConnectAsync(WebHost host, string path) => (await AnswerAsync(host, path)).Status;

    private static async Task<(HttpStatusCode Status, string Page)> AnswerAsync(WebHost host, string path, string? code = null)
    {
        using var sent = await host.Client(Keeper).GetAsync(path);
        sent.StatusCode.Should().Be(HttpStatusCode.Redirect, await sent.Content.ReadAsStringAsync());
        var query = QueryHelpers.ParseQuery(sent.Headers.Location!.Query);
        query["client_id"].ToString().Should().Be(FakeTokenEndpoint.DefaultClientId);
        code ??= host.Endpoint.IssueCode(redirectUri: query["redirect_uri"], codeChallenge: query["code_challenge"], scope: query["scope"]);

        var client = host.Client(Keeper);
        client.DefaultRequestHeaders.Add("Cookie", sent.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        using var answer = await client.GetAsync(
            QueryHelpers.AddQueryString("/connect/callback", new Dictionary<string, string?> { ["state"] = query["state"], ["code"] = code }));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Refuses every code and says it back, and its verifier: half of each, and in base64.</summary>
    private sealed class Quoting(Action<Dictionary<string, StringValues>> look) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var sent = QueryHelpers.ParseQuery(await request.Content!.ReadAsStringAsync(cancellationToken));
            look(sent);
            var quoted = sent.Where(static field => field.Key.StartsWith("code", StringComparison.Ordinal)).Select(static field => field.Value.ToString())
                .Select(static value => $"{value[..(value.Length / 2)]} {Convert.ToBase64String(Encoding.UTF8.GetBytes(value[..20]))}");
            var body = new JsonObject { ["error"] = "invalid_grant", ["error_description"] = $"Number 4711: {string.Join(' ', quoted)}" };
            return new(HttpStatusCode.BadRequest) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        }
    }

    private sealed class CountingReader : ITokenAnswerReader
    {
        public int Reads { get; private set; }

        public bool CanRead(string mediaType) => true;

        public JsonNode? Read(TokenAnswer answer)
        {
            Reads++;
            return JsonNode.Parse(answer.Body.Span);
        }
    }

    private sealed class CountingSigner : IRequestSigner
    {
        public int Signed { get; private set; }

        public ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
        {
            Signed++;
            request.Headers.Add("X-Signature", "signed");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class FixedAssertion : IAssertionSource
    {
        public int Asked { get; private set; }

        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken)
        {
            Asked++;
            return new(FakeTokenEndpoint.DefaultClientSecret);
        }
    }
}
