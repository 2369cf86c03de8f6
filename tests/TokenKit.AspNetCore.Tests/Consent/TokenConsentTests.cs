using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A person is sent to the server, consents, and comes back with a code.</summary>
public sealed class TokenConsentTests
{
    private const string Keeper = "alice,role=keeper";

    [Fact]
    public async Task Consent_puts_in_the_first_refresh_token_of_a_name_and_subject()
    {
        await using var host = await StartAsync();
        var (url, query, cookie) = await BeginAsync(host, "/connect/crm/acme");

        url.Should().StartWith("https://login.example.com/authorize?");
        query.Should().Contain("response_type", "code").And.Contain("code_challenge_method", "S256").And.Contain("client_id", FakeTokenEndpoint.DefaultClientId)
            .And.Contain("scope", "orders.read offline_access").And.Contain("prompt", "consent").And.Contain("redirect_uri", "http://localhost/connect/callback");
        using var answer = await ReturnAsync(host, query, cookie, IssueCode(host, query));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("The token &#x27;crm/acme&#x27; is connected.");
        (await host.RefreshAsync("crm", "acme")).Succeeded.Should().BeTrue();
        host.Endpoint.TokenRequests.Should().Be(2);
        (await host.RefreshAsync("crm")).Succeeded.Should().BeFalse("it is the subject that was connected");
    }

    [Theory]
    [InlineData("/connect/crm/{0}")]
    [InlineData("/connect/crm?subject={0}")]
    public async Task Nobody_is_sent_to_the_server_for_a_subject_that_is_too_long(string path)
    {
        await using var host = await StartAsync();

        using var answer = await host.Client(Keeper).GetAsync(string.Format(null, path, new string('n', 257)));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Headers.Contains("Set-Cookie").Should().BeFalse();
        (await answer.Content.ReadAsStringAsync()).Should().Contain("257 characters").And.NotContain("nnn");
    }

    [Fact]
    public async Task The_first_call_after_a_consent_needs_no_refresh()
    {
        await using var host = await StartAsync();
        var (_, query, cookie) = await BeginAsync(host, "/connect/crm");
        using var answer = await ReturnAsync(host, query, cookie, IssueCode(host, query));

        var token = await host.Source("crm").GetTokenAsync();

        (token.Reveal(), token.Set.Scope, token.Set.Lifetime).Should().Be((AccessToken(host, 1), "orders.read offline_access", TimeSpan.FromHours(1)));
        host.Endpoint.TokenRequests.Should().Be(1, "only the code was redeemed");
        host.Time.Advance(TimeSpan.FromMinutes(61));
        (await host.Source("crm").GetTokenAsync()).Reveal().Should().Be(AccessToken(host, 2));
        host.Endpoint.Requests[^1].GrantType.Should().Be("refresh_token");
    }

    [Fact]
    public async Task An_access_token_that_is_good_for_one_exchange_is_not_kept()
    {
        await using var host = await StartAsync();
        host.Endpoint.Options.AccessTokenLifetime = TimeSpan.Zero;
        var (_, query, cookie) = await BeginAsync(host, "/connect/crm");
        using var answer = await ReturnAsync(host, query, cookie, IssueCode(host, query));
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        host.Endpoint.Options.AccessTokenLifetime = TimeSpan.FromHours(1);

        (await host.Source("crm").GetTokenAsync()).Reveal().Should().Be(AccessToken(host, 2));
    }

    [Fact]
    public async Task An_answer_works_once()
    {
        await using var host = await StartAsync();
        var (_, query, cookie) = await BeginAsync(host, "/connect/crm");
        using var first = await ReturnAsync(host, query, cookie, IssueCode(host, query));

        first.Headers.GetValues("Set-Cookie").Should().Contain(header => header.Contains("tokenkit-consent-", StringComparison.Ordinal) && header.Contains("expires=Thu, 01 Jan 1970", StringComparison.Ordinal));
        using var again = await ReturnAsync(host, query, cookie: null, IssueCode(host, query));

        again.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Theory]
    [InlineData("another state", null, null)]
    [InlineData(null, "mallory,role=keeper", null)]
    [InlineData(null, null, "https://evil.example")]
    public async Task An_answer_to_another_request_person_or_of_another_server_is_refused(string? state, string? person, string? issuer)
    {
        await using var host = await StartAsync(server => server.Issuer = "https://login.example.com");
        var (_, query, cookie) = await BeginAsync(host, "/connect/crm");

        using var answer = await ReturnAsync(host, query, cookie, IssueCode(host, query), state, person ?? Keeper, issuer ?? "https://login.example.com");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(9, true)]
    public async Task An_answer_that_comes_too_late_or_with_a_changed_cookie_is_refused(int minutes, bool changes)
    {
        await using var host = await StartAsync();
        var (_, query, cookie) = await BeginAsync(host, "/connect/crm");
        host.Time.Advance(TimeSpan.FromMinutes(minutes));

        using var answer = await ReturnAsync(host, query, changes ? cookie[..^8] + "AAAAAAAA" : cookie, IssueCode(host, query));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_refusal_by_the_person_changes_nothing_and_reflects_nothing()
    {
        await using var host = await StartAsync();
        var (_, query, cookie) = await BeginAsync(host, "/connect/crm");
        var client = host.Client(Keeper);
        client.DefaultRequestHeaders.Add("Cookie", cookie);

        using var answer = await client.GetAsync($"/connect/callback?state={query["state"]}&error=access_denied&error_description=%3Cb%3Ehello");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("did not grant consent").And.NotContain("hello");
    }

    [Fact]
    public async Task A_code_that_the_server_refuses_leaves_what_is_stored()
    {
        await using var host = await StartAsync();
        await host.Source("crm").SeedAsync(new TokenSeed(host.Endpoint.IssueRefreshToken()));
        await host.RefreshAsync("crm");
        var (_, query, cookie) = await BeginAsync(host, "/connect/crm");

        using var answer = await ReturnAsync(host, query, cookie, "no-such-code-at-all");

        answer.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("Not connected").And.NotContain("no-such-code");
        (await host.RefreshAsync("crm")).Succeeded.Should().BeTrue();
    }

    [Theory]
    [InlineData("/connect/crm", null, HttpStatusCode.Unauthorized)]
    [InlineData("/connect/callback?state=a&code=b", null, HttpStatusCode.Unauthorized)]
    [InlineData("/connect/crm", "role=operator", HttpStatusCode.NotFound)]
    [InlineData("/connect/unknown", Keeper, HttpStatusCode.NotFound)]
    [InlineData("/connect/mail", "role=postmaster", HttpStatusCode.NotFound)]
    [InlineData("/connect/vault", Keeper, HttpStatusCode.NotFound)]
    [InlineData("/connect/callback", Keeper, HttpStatusCode.BadRequest)]
    public async Task Only_who_may_seed_a_token_that_can_be_consented_to_is_sent_anywhere(string path, string? user, HttpStatusCode expected)
    {
        await using var host = await StartAsync();

        using var answer = await host.Client(user).GetAsync(path);

        answer.StatusCode.Should().Be(expected);
    }

    [Theory]
    [InlineData("mail", "https://login.example.com/authorize", "*No person can consent for the token 'mail'*refresh_token*")]
    [InlineData("nobody", "https://login.example.com/authorize", "MapTokenConsent names token 'nobody', and no token of that name is registered; there are * Correct the name, or call services.AddTokenRefresh(*")]
    [InlineData("crm", "http://login.example.com/authorize", "*must be an absolute https URL*")]
    [InlineData("crm", "/authorize", "*must be an absolute https URL*")]
    [InlineData("crm", "https://login.example.com/authorize#here", "*must be an absolute https URL*")]
    public async Task What_cannot_work_stops_the_start(string name, string endpoint, string message)
    {
        var start = () => TokenWebHost.StartAsync(map: app => app.MapTokenConsent("/connect", consent => consent.AddToken(name, token => token.AuthorizationEndpoint = endpoint)));

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage(message);
    }

    private static string AccessToken(WebHost host, int number) => $"{host.Endpoint.Options.AccessTokenPrefix}{number}";

    private static Task<WebHost> StartAsync(Action<TokenConsentServer>? configure = null) => TokenWebHost.StartAsync(
        map: app => app.MapTokenConsent("/connect", consent =>
        {
            consent.AddToken("crm", crm =>
            {
                crm.AuthorizationEndpoint = "https://login.example.com/authorize";
                crm.Parameters["prompt"] = "consent";
                configure?.Invoke(crm);
            });
        }),
        crm: token =>
        {
            token.Seed.RefreshToken = null;
            token.Scope = ["orders.read", "offline_access"];
        });

    private static async Task<(string Url, Dictionary<string, string> Query, string Cookie)> BeginAsync(WebHost host, string path)
    {
        using var answer = await host.Client(Keeper).GetAsync(path);
        answer.StatusCode.Should().Be(HttpStatusCode.Redirect);
        var url = answer.Headers.Location!;
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.Should().Contain("httponly").And.Contain("samesite=lax");
        return (url.AbsoluteUri, QueryHelpers.ParseQuery(url.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString()), cookie.Split(';')[0]);
    }

    private static string IssueCode(WebHost host, Dictionary<string, string> query) =>
        host.Endpoint.IssueCode(redirectUri: query["redirect_uri"], codeChallenge: query["code_challenge"], scope: query["scope"]);

    private static Task<HttpResponseMessage> ReturnAsync(
        WebHost host, Dictionary<string, string> query, string? cookie, string code, string? state = null, string user = Keeper, string issuer = "")
    {
        var client = host.Client(user);
        if (cookie is not null)
        {
            client.DefaultRequestHeaders.Add("Cookie", cookie);
        }

        return client.GetAsync(QueryHelpers.AddQueryString("/connect/callback", new Dictionary<string, string?>
        {
            ["state"] = state ?? query["state"],
            ["code"] = code,
            ["iss"] = issuer,
        }));
    }
}
