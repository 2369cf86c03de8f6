using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The code of the package's README, executed.</summary>
public sealed class ReadmeExamples
{
    [Fact]
    public async Task A_program_whose_token_expires()
    {
        // begin-snippet: testing-expiry
        var time = new ManualTimeProvider();
        var endpoint = new FakeTokenEndpoint(time: time);
        var api = new FakeApi(endpoint);

        var services = new ServiceCollection();
        services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = endpoint.Address.ToString();
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        });
        services.AddHttpClient("crm", http => http.BaseAddress = api.Address).AddTokenRefreshHandler("crm").UseFakeApi(api);
        services.UseFakeTokenEndpoint("crm", endpoint).UseManualTime(time);

        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");

        await http.GetAsync("orders");
        time.Advance(TimeSpan.FromHours(1));
        await http.GetAsync("orders");

        api.TokensSeen.Should().Equal("access-1", "access-2");
        endpoint.TokenRequests.Should().Be(2);
        // end-snippet
    }

    [Fact]
    public async Task Many_callers_and_one_request()
    {
        var endpoint = new FakeTokenEndpoint();
        await using var provider = Build(endpoint, new ServiceCollection());
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");

        // begin-snippet: testing-hold
        using var held = endpoint.HoldNext();
        var callers = Enumerable.Range(0, 20).Select(_ => http.GetAsync("orders")).ToList();

        await held.WaitForArrivalAsync();
        held.Release();
        await Task.WhenAll(callers);

        endpoint.TokenRequests.Should().Be(1);
        // end-snippet
    }

    [Fact]
    public void A_server_of_ones_own_rules()
    {
        // begin-snippet: testing-rotation
        var endpoint = new FakeTokenEndpoint(new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromSeconds(10) });
        endpoint.AddClient("reports", "another-secret", FakeClientAuthentication.Post);

        var refreshToken = endpoint.IssueRefreshToken("reports", scope: "reports.read");

        endpoint.IsCurrent(refreshToken).Should().BeTrue();
        // end-snippet
    }

    [Fact]
    public async Task A_server_that_ends_the_former_access_token()
    {
        var endpoint = new FakeTokenEndpoint();
        await using var provider = Build(endpoint, new ServiceCollection());
        await using var otherProvider = Build(endpoint, new ServiceCollection());
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");
        using var otherHttp = otherProvider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");

        // begin-snippet: testing-habits
        endpoint.Options.EndsFormerAccessTokens = true;

        await http.GetAsync("orders");
        await otherHttp.GetAsync("orders");

        endpoint.AccessTokens[0].EndedBy.Should().Be("access-2", "another program logged in as the same client");
        // end-snippet
    }

    [Fact]
    public async Task A_scan_for_secrets()
    {
        var endpoint = new FakeTokenEndpoint();
        var services = new ServiceCollection();

        // begin-snippet: testing-leaks
        var logs = new RecordedLogs();
        services.AddLogging(logging => logging.AddRecordedLogs(logs));

        // … run the program …
        // end-snippet
        await using var provider = Build(endpoint, services);
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");
        await http.GetAsync("orders");
        logs.Entries.Should().NotBeEmpty();

        // begin-snippet: testing-leak-scan
        new SecretLeakScan().Add(endpoint).In(logs).Should().BeEmpty();
        // end-snippet
    }

    private static ServiceProvider Build(FakeTokenEndpoint endpoint, IServiceCollection services)
    {
        var api = new FakeApi(endpoint);
        services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = endpoint.Address.ToString();
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        });
        services.AddHttpClient("crm", http => http.BaseAddress = api.Address).AddTokenRefreshHandler("crm").UseFakeApi(api);
        return services.UseFakeTokenEndpoint("crm", endpoint).BuildServiceProvider();
    }
}
