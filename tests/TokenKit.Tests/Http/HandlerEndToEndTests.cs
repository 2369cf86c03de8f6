using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The handler with everything behind it: a program's registration, a token endpoint and an API that behave.</summary>
public sealed class HandlerEndToEndTests
{
    [Fact]
    public async Task Five_hundred_rejections_of_one_token_cost_one_token_request()
    {
        const int Callers = 500;
        await using var program = new Program();
        using var http = program.Client();
        await http.GetAsync("orders");
        program.Endpoint.RevokeAccessTokens();
        using var held = program.Api.HoldNext(Callers);

        var calls = Enumerable.Range(0, Callers).Select(_ => http.GetAsync("orders")).ToList();
        await program.Api.WaitForCallsAsync(1 + Callers);
        held.Release();
        var answers = await Task.WhenAll(calls);

        answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
        program.Endpoint.TokenRequests.Should().Be(2);
        program.Api.Rejected.Should().Be(Callers);
    }

    [Fact]
    public async Task An_api_that_always_rejects_causes_at_most_one_refresh_for_each_interval()
    {
        await using var program = new Program();
        using var http = program.Client();
        program.Api.RejectsEverything = true;

        for (var call = 0; call < 600; call++)
        {
            using var answer = await http.GetAsync("orders");
            answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            program.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        // The first acquisition, and at most three forced ones in a minute.
        program.Endpoint.TokenRequests.Should().BeInRange(2, 4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_that_the_api_refuses_and_whose_grant_is_dead_is_sent_no_more(bool grantDiesFirst)
    {
        await using var program = new Program(isGrant: true);
        using var http = program.Client();
        await http.GetAsync("orders");
        if (grantDiesFirst)
        {
            // Found out ahead of need: the token still works, and calls go on with it.
            program.Endpoint.FailNextWithError("invalid_grant");
            program.Time.Advance(TimeSpan.FromMinutes(55));
            await http.GetAsync("orders");
            await program.IsQuietAsync();
            using var served = await http.GetAsync("orders");
            served.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        program.Endpoint.RevokeAccessTokens();
        program.Endpoint.FailNextWithError("invalid_grant", count: 100);

        using var refused = await http.GetAsync("orders");
        refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized, "the API's answer tells more");
        var calls = program.Api.Calls;
        for (var later = 0; later < 10; later++)
        {
            var call = () => http.GetAsync("orders");
            (await call.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
            program.Time.Advance(TimeSpan.FromSeconds(10));
            await program.IsQuietAsync();
        }

        program.Api.Calls.Should().Be(calls, "the stored token is not taken up again either");
        program.Endpoint.ClearPrepared();
        await program.SeedAsync();
        using var again = await http.GetAsync("orders");
        again.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_token_the_api_is_never_called()
    {
        await using var program = new Program();
        using var http = program.Client();
        program.Endpoint.FailNextWithError("invalid_client", count: 10);

        var call = () => http.GetAsync("orders");

        (await call.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.ClientRejected);
        program.Api.Calls.Should().Be(0);
    }

    [Fact]
    public async Task A_call_and_the_refresh_that_served_it_share_a_correlation_id_in_logs_without_secrets()
    {
        await using var program = new Program();
        using var http = program.Client();

        await http.GetAsync("orders");
        program.Api.RejectOnce();
        await http.GetAsync("orders");

        var refreshes = program.Logs.Of(1201).Select(entry => entry.Value("CorrelationId")).ToList();
        refreshes.Should().HaveCount(2).And.OnlyHaveUniqueItems();
        program.Logs.Of(1005).Select(entry => entry.Value("CorrelationId")).Should().Equal(refreshes[0], refreshes[0], refreshes[1]);
        program.Logs.Of(1000).Single().Value("CorrelationId").Should().Be(refreshes[0]);
        new SecretLeakScan().Add(program.Endpoint).In(program.Logs).Should().BeEmpty();
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _provider;

        public Program(bool isGrant = false)
        {
            Endpoint = new(time: Time);
            Api = new(Endpoint);
            var services = new ServiceCollection();

            // The platform's own Trace messages hand the headers to structured loggers unredacted; that is not ours to test.
            services.AddLogging(logging => logging.AddRecordedLogs(Logs).AddFilter<RecordedLogs>("System.Net.Http", LogLevel.Debug));
            services.AddTokenRefresh("crm", token =>
            {
                token.TokenEndpoint = Endpoint.Address.AbsoluteUri;
                token.Grant = isGrant ? TokenGrants.RefreshToken : TokenGrants.ClientCredentials;
                token.Seed.RefreshToken = isGrant ? Endpoint.IssueRefreshToken() : null;
                token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            }).UseInMemoryStore();
            services.AddHttpClient("api", http => http.BaseAddress = Api.Address).AddTokenRefreshHandler("crm").UseFakeApi(Api);
            services.UseFakeTokenEndpoint("crm", Endpoint).UseManualTime(Time);
            _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        }

        public ManualTimeProvider Time { get; } = new();

        public FakeTokenEndpoint Endpoint { get; }

        public FakeApi Api { get; }

        public RecordedLogs Logs { get; } = new();

        public Task IsQuietAsync() =>
            _provider.GetRequiredKeyedService<TokenComposition>("crm").Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None) ?? Task.CompletedTask;

        public Task<bool> SeedAsync() =>
            _provider.GetRequiredKeyedService<ITokenSource>("crm").SeedAsync(new TokenSeed(Endpoint.IssueRefreshToken())).AsTask();

        public HttpClient Client() => _provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        public ValueTask DisposeAsync() => _provider.DisposeAsync();
    }
}
