using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>What the endpoints do for those who may.</summary>
public sealed class RefreshEndpointTests
{
    private const string Operator = "role=operator";

    [Fact]
    public async Task A_refresh_answers_outcome_steps_and_correlation_id_and_no_token()
    {
        await using var host = await TokenWebHost.StartAsync();

        using var answer = await host.Client(Operator).PostAsync("/tokens/crm/refresh", null);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        var json = await answer.JsonAsync();
        json.GetProperty("outcome").GetString().Should().Be("Refreshed");
        json.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString())
            .Should().Equal("clear", "request", "map", "validate", "persist");
        json.GetProperty("correlationId").GetString().Should().MatchRegex("^[0-9a-f]{16}$");
        json.GetProperty("state").GetProperty("status").GetString().Should().Be("Fresh");
        json.GetProperty("state").GetProperty("generation").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task A_thousand_posts_while_the_token_endpoint_is_held_make_one_token_request()
    {
        await using var host = await TokenWebHost.StartAsync();
        var client = host.Client(Operator);
        using var held = host.Endpoint.HoldNext();
        var posts = Enumerable.Range(0, 1000).Select(_ => client.PostAsync("/tokens/crm/refresh", null)).ToList();

        await held.WaitForArrivalAsync();
        held.Release();
        var answers = await Task.WhenAll(posts).WaitAsync(TimeSpan.FromSeconds(60));

        host.Endpoint.TokenRequests.Should().Be(1);
        answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
        var outcomes = await Task.WhenAll(answers.Select(async answer => (await answer.JsonAsync()).GetProperty("outcome").GetString()));
        outcomes.Should().OnlyContain(outcome => outcome == "Refreshed" || outcome == "RecentlyRefreshed").And.Contain("Refreshed");
    }

    [Fact]
    public async Task One_that_comes_soon_after_the_last_answers_recently_refreshed()
    {
        await using var host = await TokenWebHost.StartAsync();
        var client = host.Client(Operator);
        await client.PostAsync("/tokens/crm/refresh", null);
        await host.FlightEndedAsync("crm");

        host.Time.Advance(TimeSpan.FromSeconds(29));
        var soon = await (await client.PostAsync("/tokens/crm/refresh", null)).JsonAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var later = await (await client.PostAsync("/tokens/crm/refresh", null)).JsonAsync();

        soon.GetProperty("outcome").GetString().Should().Be("RecentlyRefreshed");
        soon.GetProperty("steps").GetArrayLength().Should().Be(0);
        later.GetProperty("outcome").GetString().Should().Be("Refreshed");
        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task Started_refreshes_are_limited_and_joining_one_is_not()
    {
        await using var host = await TokenWebHost.StartAsync(
            map: app => app.MapTokenRefresh(configure: options => options.StartedRefreshesPerMinute = 2));
        var client = host.Client(Operator);
        for (var number = 0; number < 2; number++)
        {
            host.Endpoint.FailNextWithError("invalid_client", status: HttpStatusCode.Unauthorized);
            (await client.PostAsync("/tokens/crm/refresh", null)).StatusCode.Should().Be(HttpStatusCode.BadGateway);
            await host.FlightEndedAsync("crm");
        }

        using var over = await client.PostAsync("/tokens/crm/refresh", null);
        using var held = host.Endpoint.HoldNext();
        var own = host.Refresher("crm").RefreshAsync();
        await held.WaitForArrivalAsync();
        var joined = client.PostAsync("/tokens/crm/refresh", null);
        held.Release();

        over.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        over.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromMinutes(1));
        (await own).Succeeded.Should().BeTrue();
        (await joined).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("invalid_grant", 400, 409, "ReauthorizationRequired")]
    [InlineData("invalid_client", 401, 502, "ClientRejected")]
    [InlineData("temporarily_unavailable", 503, 503, "ServerError")]
    public async Task A_failed_refresh_is_a_problem_with_reason_and_what_to_do(string error, int status, int expected, string reason)
    {
        await using var host = await TokenWebHost.StartAsync(crm: token => token.Resilience.Attempts = 1);
        host.Endpoint.FailNextWithError(error, status: (HttpStatusCode)status);

        using var answer = await host.Client(Operator).PostAsync("/tokens/crm/refresh", null);

        ((int)answer.StatusCode).Should().Be(expected);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var json = await answer.JsonAsync();
        json.GetProperty("status").GetInt32().Should().Be(expected);
        json.GetProperty("outcome").GetString().Should().Be("Failed");
        json.GetProperty("failure").GetProperty("reason").GetString().Should().Be(reason);
        json.GetProperty("failure").GetProperty("whatToDo").GetString().Should().NotBeNullOrEmpty();
        json.GetProperty("steps").GetArrayLength().Should().BePositive();
    }

    [Fact]
    public async Task The_state_tells_times_failure_and_the_last_refreshes()
    {
        await using var host = await TokenWebHost.StartAsync();
        await host.RefreshAsync("crm");
        host.Time.Advance(TimeSpan.FromMinutes(10));
        host.Endpoint.FailNextWithError("invalid_client", status: HttpStatusCode.Unauthorized);
        await host.RefreshAsync("crm");

        var json = await (await host.Client("role=reader").GetAsync("/tokens/crm")).JsonAsync();

        json.GetProperty("status").GetString().Should().Be("Failing");
        json.GetProperty("failure").GetProperty("reason").GetString().Should().Be("ClientRejected");
        json.GetProperty("expiresAt").GetDateTimeOffset().Should().Be(host.Source("crm").TryGetCached(out var token) ? token.ExpiresAt : default);
        json.GetProperty("lastSuccessAt").GetDateTimeOffset().Should().Be(host.Time.GetUtcNow() - TimeSpan.FromMinutes(10));
        json.GetProperty("lastAttemptAt").GetDateTimeOffset().Should().Be(host.Time.GetUtcNow());
        json.GetProperty("nextAttemptAt").GetDateTimeOffset().Should().BeAfter(host.Time.GetUtcNow());
        json.GetProperty("refreshes").EnumerateArray().Select(refresh => refresh.GetProperty("outcome").GetString()).Should().Equal("Failed", "Refreshed");
    }

    [Fact]
    public async Task Ten_thousand_subjects_come_in_pages_and_can_be_searched()
    {
        await using var host = await TokenWebHost.StartAsync(
            (builder, endpoint) => builder.Services.AddTokenPermissions(permissions => permissions.AddToken("mail", token => token.Read.Roles.Add("reader"))));
        for (var number = 0; number < 10_000; number++)
        {
            host.Know("mail", $"shop-{number:00000}");
        }

        var client = host.Client("role=postmaster");
        var second = await (await client.GetAsync("/tokens?page=2&pageSize=50")).JsonAsync();
        var found = await (await client.GetAsync("/tokens?search=SHOP-09999")).JsonAsync();
        var all = await (await client.GetAsync("/tokens?pageSize=1000000")).JsonAsync();

        second.GetProperty("total").GetInt32().Should().Be(10_000);
        second.GetProperty("tokens")[0].GetProperty("subject").GetString().Should().Be("shop-00050");
        found.GetProperty("tokens").EnumerateArray().Should().ContainSingle();
        all.GetProperty("tokens").GetArrayLength().Should().Be(500);
    }

    [Fact]
    public async Task Seeding_stores_a_refresh_token_and_the_next_refresh_uses_it()
    {
        await using var host = await TokenWebHost.StartAsync();
        var seed = host.Endpoint.IssueRefreshToken();

        using var answer = await host.Client("role=keeper").PutAsJsonAsync("/tokens/crm/acme/seed", new { refreshToken = seed });

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await host.RefreshAsync("crm", "acme")).Succeeded.Should().BeTrue();
        host.Endpoint.IsCurrent(seed).Should().BeFalse("it was rotated");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"refreshToken\": \" \"}")]
    [InlineData("{\"refreshToken\": \"abc")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task A_seed_that_is_none_is_refused_and_not_reflected(string body)
    {
        await using var host = await TokenWebHost.StartAsync();

        using var answer = await host.Client("role=keeper").PutAsync(
            "/tokens/crm/seed", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).Should().NotContain("abc");
    }

    [Fact]
    public async Task Forgetting_leaves_nothing_stored()
    {
        await using var host = await TokenWebHost.StartAsync(crm: token => token.Seed.RefreshToken = null);
        await host.Source("crm").SeedAsync(new TokenSeed(host.Endpoint.IssueRefreshToken()));
        await host.RefreshAsync("crm");

        using var answer = await host.Client("role=keeper").DeleteAsync("/tokens/crm");

        answer.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await host.RefreshAsync("crm")).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
    }

    [Fact]
    public async Task The_access_token_is_handed_out_only_where_enabled_and_only_to_its_own_policy()
    {
        await using var host = await TokenWebHost.StartAsync(
            (builder, _) => builder.Services.AddAuthorizationBuilder().AddPolicy("takers", policy => policy.RequireRole("taker")),
            app => app.MapTokenRefresh(configure: options => options.EnableAccessToken("crm", "takers")));

        using var taken = await host.Client("role=taker").GetAsync("/tokens/crm/access-token");
        using var refused = await host.Client(Operator).GetAsync("/tokens/crm/access-token");
        using var notEnabled = await host.Client("role=taker").GetAsync("/tokens/mail/access-token");

        taken.StatusCode.Should().Be(HttpStatusCode.OK);
        taken.Headers.CacheControl!.NoStore.Should().BeTrue();
        var json = await taken.JsonAsync();
        json.GetProperty("access_token").GetString().Should().Be((await host.Source("crm").GetTokenAsync()).Reveal());
        json.GetProperty("expires_in").GetInt64().Should().Be(3600);
        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        notEnabled.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task What_another_site_makes_a_browser_send_is_refused(string header, string value)
    {
        await using var host = await TokenWebHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tokens/crm/refresh");
        request.Headers.Add(header, value);

        using var answer = await host.Client(Operator).SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_form_needs_the_antiforgery_token()
    {
        await using var host = await TokenWebHost.StartAsync(
            (builder, _) => builder.Services.AddAntiforgery(),
            app =>
            {
                app.MapTokenRefresh();
                app.MapGet("/form", (HttpContext context, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(context).RequestToken);
            });
        var client = host.Client(Operator);
        using var page = await client.GetAsync("/form");
        var token = await page.Content.ReadAsStringAsync();

        using var without = await client.PostAsync("/tokens/crm/refresh", new FormUrlEncodedContent([]));
        client.DefaultRequestHeaders.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        using var with = await client.PostAsync("/tokens/crm/refresh", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));

        without.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        with.StatusCode.Should().Be(HttpStatusCode.OK);
    }
}
