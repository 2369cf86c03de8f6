using System.Net;
using Microsoft.Extensions.DependencyInjection;

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
