using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TokenKit.Tests;

/// <summary>Which HTTP version a token endpoint is spoken to in.</summary>
public class HttpVersionTests
{
    [Fact]
    public async Task A_token_endpoint_that_speaks_only_HTTP_2_is_reached_where_its_client_says_so()
    {
        await using var server = await OnlyHttp2Async();
        await using var services = ServicesFor(server).BuildServiceProvider();

        (await services.GetTokenSource("crm").GetTokenAsync()).Reveal().Should().Be("over-HTTP/2");
    }

    private static ServiceCollection ServicesFor(WebApplication server)
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh("crm", token =>
        {
            token.Authority = server.Urls.Single();
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = "my-app";
            token.Client.Secret = "s";
            token.DangerousAllowHttpOnLoopback = true;
        }).UseInMemoryStore();
        services.AddHttpClient("tokenkit-crm", http =>
        {
            http.DefaultRequestVersion = HttpVersion.Version20;
            http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        });
        return services;
    }

    private static async Task<WebApplication> OnlyHttp2Async()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        var server = builder.Build();
        server.MapGet("/.well-known/openid-configuration", () => Results.Json(
            new Dictionary<string, string> { ["issuer"] = server.Urls.Single(), ["token_endpoint"] = server.Urls.Single() + "/token" }));
        server.MapPost("/token", static (HttpRequest request) => Results.Json(
            new Dictionary<string, object> { ["access_token"] = $"over-{request.Protocol}", ["token_type"] = "Bearer", ["expires_in"] = 3600 }));
        await server.StartAsync();
        return server;
    }
}
