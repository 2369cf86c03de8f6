using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Language.Origins;
using TokenKit.Storage;

namespace TokenKit.Interop.Tests;

/// <summary>A person consents at the certified provider, and the first refresh token gets in without copy and paste.</summary>
[Collection(InteropCollection.Name)]
public sealed class ConsentTests(AuthorizationServerFixture fixture)
{
    /// <summary>What the provider has registered for every client; nothing listens there.</summary>
    private const string RedirectUri = "https://client.test/cb";

    [InteropFact]
    public async Task A_person_who_consents_puts_in_the_first_refresh_token()
    {
        var server = await fixture.StartAsync();
        await using var app = await StartAsync(server);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        var connect = new Uri(new Uri(app.Urls.First()), "/connect/basic/alice");

        var arrival = await WalkAsync(browser, connect);
        using var answer = await browser.GetAsync(new Uri(connect, "/connect/callback" + arrival.Query));

        answer.StatusCode.Should().Be(HttpStatusCode.OK, "{0}", await answer.Content.ReadAsStringAsync());
        var refresher = app.Services.GetRequiredKeyedService<ITokenRefresher>("basic");
        (await refresher.RefreshAsync("alice")).Outcome.Should().Be(RefreshOutcome.Refreshed);
        var requests = await server.TokenRequestsAsync();
        requests.Select(request => (request.Grant, request.Outcome)).Should().Equal(("authorization_code", "ok"), ("refresh_token", "ok"));
        requests[0].Parameters.Should().Contain("code_verifier");
        requests.Should().NotContain(request => request.IsReuse);
    }

    /// <summary>Follows redirects as a browser does, until the server sends it to where nothing listens.</summary>
    private static async Task<Uri> WalkAsync(HttpClient browser, Uri address)
    {
        for (var step = 0; step < 10; step++)
        {
            using var answer = await browser.GetAsync(address);
            answer.Headers.Location.Should().NotBeNull("{0} answers {1}: {2}", address, answer.StatusCode, await answer.Content.ReadAsStringAsync());
            address = new Uri(address, answer.Headers.Location!);
            if (address.AbsoluteUri.StartsWith(RedirectUri, StringComparison.Ordinal))
            {
                return address;
            }
        }

        throw new InvalidOperationException($"The server went on redirecting; at last to {address}.");
    }

    private static async Task<WebApplication> StartAsync(AuthorizationServer server)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore().AddLogging(logging => logging.ClearProviders());
        builder.Services.AddDataProtection();
        builder.Services.AddTokenRefresh("basic", token =>
        {
            token.TokenEndpoint = server.TokenEndpoint;
            token.Grant = TokenGrants.RefreshToken;
            token.Client.Id = "basic";
            token.Client.Secret = server.SecretOf("basic");
            token.DangerousAllowHttpOnLoopback = true;
        }).UseInMemoryStore();
        var app = builder.Build();
        app.MapTokenConsent("/connect", consent =>
        {
            consent.AddToken("basic", basic =>
            {
                basic.AuthorizationEndpoint = new Uri(server.Origin, "/auth").AbsoluteUri;
                basic.RedirectUri = RedirectUri;
                basic.Scope = "openid offline_access";
                basic.Parameters["prompt"] = "consent";
                basic.Parameters["login_hint"] = "alice";
            });
        }).AllowAnonymous();
        await app.StartAsync();
        return app;
    }
}
