using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary><c>Freshness:MinimumValidity</c>: what every caller of a registration asks for.</summary>
public sealed class MinimumValidityTests
{
    private static readonly FakeTokenEndpointOptions TenMinutes = new() { AccessTokenLifetime = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task A_call_gets_a_token_that_lives_as_long_as_the_registration_asks()
    {
        var api = new StubPrimaryHandler(static _ => new(System.Net.HttpStatusCode.OK));
        await using var host = TokenHost.WithClientCredentials(
            AtLeastEightMinutes,
            services => services.AddHttpClient("api", http => http.BaseAddress = new("https://api.example.com"))
                .AddTokenRefreshHandler(TokenHost.Name)
                .ConfigurePrimaryHttpMessageHandler(() => api),
            TenMinutes);
        var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        foreach (var minutes in new[] { 0, 2, 1 })
        {
            host.Time.Advance(TimeSpan.FromMinutes(minutes));
            (await client.GetAsync("orders")).Dispose();
        }

        api.Sent.Select(static sent => sent.Headers["Authorization"]).Should().Equal("Bearer access-1", "Bearer access-1", "Bearer access-2");
    }

    [Fact]
    public async Task The_larger_of_the_demand_and_the_registration_counts()
    {
        await using var host = TokenHost.WithClientCredentials(AtLeastEightMinutes, server: TenMinutes);
        await host.Source.GetTokenAsync();

        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await host.Source.GetTokenAsync(new TokenDemand { MinimumValidity = TimeSpan.FromMinutes(9.5) })).Reveal().Should().Be("access-2");
        host.Time.Advance(TimeSpan.FromMinutes(3));
        (await host.Source.GetTokenAsync(new TokenDemand { MinimumValidity = TimeSpan.FromMinutes(1) })).Reveal().Should().Be("access-3");
    }

    [Fact]
    public async Task A_token_that_works_is_served_where_the_refresh_for_a_longer_one_fails()
    {
        await using var host = TokenHost.WithClientCredentials(AtLeastEightMinutes, server: TenMinutes);
        await host.Source.GetTokenAsync();
        host.Time.Advance(TimeSpan.FromMinutes(3));
        host.Endpoint.FailNextWithError("invalid_scope");

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");

        host.Endpoint.TokenRequests.Should().Be(2, "it was asked for a longer one");
    }

    [Fact]
    public async Task A_server_whose_tokens_live_shorter_is_asked_once_a_token()
    {
        await using var host = TokenHost.WithClientCredentials(
            AtLeastEightMinutes, server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(5) });

        for (var call = 0; call < 10; call++)
        {
            await host.Source.GetTokenAsync();
        }

        host.Endpoint.TokenRequests.Should().Be(1);
    }

    private static void AtLeastEightMinutes(TokenRefreshOptions options) => options.Freshness.MinimumValidity = TimeSpan.FromMinutes(8);
}
