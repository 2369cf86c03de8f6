using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

/// <summary>The code of docs/token-endpoint.md, executed.</summary>
public sealed class TokenEndpointPageExamples
{
    [Fact]
    public void The_client_of_a_token_endpoint_is_set_up_by_its_name()
    {
        var services = new ServiceCollection();

        // begin-snippet: token-endpoint-client
        services.AddHttpClient("tokenkit-crm", http =>
        {
            // For a server that speaks nothing but HTTP/2.
            http.DefaultRequestVersion = HttpVersion.Version20;
            http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        });
        // end-snippet

        using var client = services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("tokenkit-crm");
        client.DefaultRequestVersion.Should().Be(HttpVersion.Version20);
    }

    [Fact]
    public void Strategies_of_one_s_own_stand_around_each_request()
    {
        var services = new ServiceCollection();
        var configuration = new ConfigurationBuilder().Build();

        // begin-snippet: token-endpoint-resilience
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
            .ConfigureTokenEndpointResilience(pipeline => pipeline
                .AddCircuitBreaker(new CircuitBreakerStrategyOptions<TokenAnswer>())
                .AddRetry(new RetryStrategyOptions<TokenAnswer>
                {
                    ShouldHandle = static arguments => new(arguments.Outcome.Result is { StatusCode: 429 or 503 }),
                    Delay = TimeSpan.FromSeconds(5),
                    MaxRetryAttempts = 2,
                })
                .AddTimeout(TimeSpan.FromSeconds(10)));
        // end-snippet

        services.Should().Contain(static service => service.ServiceType == typeof(TokenEndpointResilience));
    }

    [Fact]
    public void A_proxy_is_set_at_the_primary_handler()
    {
        const string Password = "p";
        var services = new ServiceCollection();

        // begin-snippet: token-endpoint-proxy
        services.AddHttpClient("tokenkit-crm").UseSocketsHttpHandler((handler, _) =>
        {
            handler.Proxy = new WebProxy("http://proxy.example.com:3128") { Credentials = new NetworkCredential("tokens", Password) };
        });
        // end-snippet

        var handler = services.BuildServiceProvider().GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("tokenkit-crm");
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        handler.Should().BeOfType<SocketsHttpHandler>().Which.Proxy.Should().NotBeNull();
    }
}
