using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>The page as the server writes it: what stands in it, for whom, and what never does.</summary>
public sealed class DashboardTests
{
    private const string Operator = "role=operator";

    [Fact]
    public async Task Each_state_is_said_in_words()
    {
        await using var host = await StartAsync();
        await host.RefreshAsync("crm");

        (await PageAsync(host)).Should().Contain("Fresh").And.Contain("Expires").And.Contain("in 1 h").And.Contain(">Refresh now<");
        host.Time.Advance(TimeSpan.FromMinutes(55));
        (await PageAsync(host)).Should().Contain("Due for renewal");
        host.Time.Advance(TimeSpan.FromMinutes(5));
        (await PageAsync(host)).Should().Contain("Expired");
        host.Endpoint.FailNextWithError("invalid_client", status: HttpStatusCode.Unauthorized);
        await host.RefreshAsync("crm");
        (await PageAsync(host)).Should().Contain("Not working").And.Contain("The server did not accept the client or the login.").And.Contain("Correct what the program shows");
        host.Time.Advance(TimeSpan.FromHours(2));
        host.Endpoint.FailNextWithError("invalid_grant");
        await host.RefreshAsync("crm");
        (await PageAsync(host)).Should().Contain("Needs consent").And.Contain("A person must consent again");
    }

    [Fact]
    public async Task Steps_of_the_last_refreshes_are_listed_with_their_durations()
    {
        await using var host = await StartAsync();
        await host.RefreshAsync("crm");

        var page = await PageAsync(host);

        page.Should().Contain("refreshed, on request").And.MatchRegex("<li class=\"\">request \\d").And.MatchRegex("<li class=\"\">persist \\d");
    }

    [Fact]
    public async Task Everything_is_in_the_page_and_nothing_runs_without_the_nonce()
    {
        await using var host = await StartAsync();
        using var first = await host.Client(Operator).GetAsync("/tokens/ui");
        using var second = await host.Client(Operator).GetAsync("/tokens/ui");

        var policy = first.Headers.GetValues("Content-Security-Policy").Single();
        var nonce = Regex.Match(policy, "script-src 'nonce-([^']+)'").Groups[1].Value;
        var page = await first.Content.ReadAsStringAsync();

        policy.Should().StartWith("default-src 'none';").And.NotContain("unsafe").And.Contain("frame-ancestors 'none'");
        second.Headers.GetValues("Content-Security-Policy").Single().Should().NotContain(nonce);
        Regex.Matches(page, "<(script|style)[^>]*>").Should().HaveCount(2).And.OnlyContain(tag => tag.Value.Contains($"nonce=\"{nonce}\"", StringComparison.Ordinal));
        page.Should().NotMatchRegex("\\sstyle=").And.NotMatchRegex("\\son[a-z]+=").And.NotContain("http://").And.NotContain("https://").And.NotContain("src=");
        first.Headers.CacheControl!.NoStore.Should().BeTrue();
        first.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        first.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
    }

    [Fact]
    public async Task Each_caller_sees_what_it_may_and_a_button_only_where_it_may_refresh()
    {
        await using var host = await StartAsync();

        (await host.Client().GetAsync("/tokens/ui")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await host.Client().GetAsync("/tokens/ui/events")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await host.Client().PostAsync("/tokens/ui/refresh", null)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var reader = await PageAsync(host, "role=reader");
        reader.Should().Contain(">crm</h2>").And.NotContain("mail").And.NotContain("vault").And.NotContain(">Refresh now<");
        (await PageAsync(host, "role=nobody")).Should().Contain("There are no tokens that you may see.");
        var operators = await PageAsync(host);
        operators.Should().Contain("value=\"crm\"").And.Contain(", locked").And.NotContain("value=\"vault\"", "a locked secret has no button");
    }

    [Fact]
    public async Task A_subject_and_a_search_never_become_markup()
    {
        await using var host = await StartAsync();
        const string hostile = "\"><script>alert(1)</script>";
        host.Source("crm").TryGetCached(hostile, out _);

        var page = await PageAsync(host, query: $"?search={Uri.EscapeDataString(hostile)}");

        page.Should().NotContain("<script>alert").And.Contain("&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    [Fact]
    public async Task Ten_thousand_subjects_are_paged_and_searched()
    {
        await using var host = await StartAsync();
        for (var number = 0; number < 10_000; number++)
        {
            host.Know("crm", $"shop-{number:00000}");
        }

        var first = await PageAsync(host);
        var last = await PageAsync(host, query: "?page=501");
        var found = await PageAsync(host, query: "?search=shop-07777");

        first.Should().Contain("Page 1 of 501").And.Contain("href=\"/tokens/ui?page=2\"");
        Regex.Count(first, "<li id=\"t-").Should().Be(DashboardQuery.PageSize);
        last.Should().Contain("vault").And.Contain("Previous").And.NotContain(">Next<");
        Regex.Count(found, "<li id=\"t-").Should().Be(1);
        (await PageAsync(host, query: "?show=attention")).Should().Contain("Nothing needs attention.");
    }

    [Fact]
    public async Task The_button_works_as_a_form_and_comes_back_to_the_page()
    {
        await using var host = await StartAsync();
        var (client, form) = await FormAsync(host);

        using var pressed = await client.PostAsync("/tokens/ui/refresh?search=crm", form);

        pressed.StatusCode.Should().Be(HttpStatusCode.SeeOther);
        pressed.Headers.Location!.ToString().Should().Be("/tokens/ui?search=crm&said=refreshed");
        (await PageAsync(host, query: "?search=crm&said=refreshed")).Should().Contain(">Refreshed.</p>");
        (await PageAsync(host, query: "?said=%3Cb%3Eyou+won")).Should().NotContain("you won");
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task The_button_answers_a_script_in_words()
    {
        await using var host = await StartAsync();
        var (client, form) = await FormAsync(host);
        client.DefaultRequestHeaders.Add("Accept", "application/json");
        host.Endpoint.FailNextWithError("invalid_grant");

        using var pressed = await client.PostAsync("/tokens/ui/refresh", form);

        (await pressed.JsonAsync()).GetProperty("said").GetString().Should().Be("The refresh failed. The token says why.");
    }

    [Theory]
    [InlineData("role=postmaster", "crm", "refused")]
    [InlineData(Operator, "unknown", "refused")]
    [InlineData(Operator, "vault", "locked")]
    public async Task A_forged_form_refreshes_nothing_that_the_caller_may_not(string user, string name, string said)
    {
        await using var host = await StartAsync();
        var (client, form) = await FormAsync(host, user, name);

        using var pressed = await client.PostAsync("/tokens/ui/refresh", form);

        pressed.Headers.Location!.ToString().Should().EndWith($"said={said}");
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?subject=north")]
    public async Task A_form_with_a_subject_that_is_too_long_is_refused(string query)
    {
        await using var host = await StartAsync();
        var (client, form) = await FormAsync(host, subject: new string('n', 257));

        using var pressed = await client.PostAsync("/tokens/ui/refresh" + query, form);

        pressed.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await pressed.Content.ReadAsStringAsync()).Should().Contain("257 characters").And.NotContain("nnn");
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_form_without_the_antiforgery_token_is_refused()
    {
        await using var host = await StartAsync();

        using var pressed = await host.Client(Operator).PostAsync("/tokens/ui/refresh", new FormUrlEncodedContent([new("name", "crm")]));
        using var empty = await host.Client(Operator).PostAsync("/tokens/ui/refresh", null);

        pressed.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        empty.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task News_come_by_the_event_stream_as_soon_as_a_refresh_ends()
    {
        await using var host = await StartAsync();
        using var answer = await host.Client(Operator).GetAsync("/tokens/ui/events", HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        (await NextAsync(reader)).Should().Contain("Not used yet").And.NotContain("Fresh");
        await host.RefreshAsync("crm");
        var news = NextAsync(reader);
        while (!news.IsCompleted)
        {
            // Only the pause after a change, once the stream waits for it: on a slow machine, a clock that went on by itself would reach
            // the end of the longest stream before its first news.
            if (host.Time.NextTimerIn is { } next && next <= TimeSpan.FromMilliseconds(200))
            {
                host.Time.Advance(next);
            }

            await Task.Yield();
        }

        (await news).Should().Contain("Fresh").And.Contain("refreshed, on request");
    }

    [Fact]
    public async Task Without_antiforgery_the_message_names_the_call_to_add()
    {
        var start = () => WebHost.StartAsync(
            (builder, endpoint) => builder.Services.AddClientCredentials("crm", endpoint),
            app => app.MapTokenDashboard().AllowAnonymous());

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*AddAntiforgery()*");
    }

    [Fact]
    public async Task Without_a_policy_the_application_does_not_start()
    {
        var start = () => WebHost.StartAsync(
            (builder, endpoint) =>
            {
                builder.Services.AddClientCredentials("crm", endpoint);
                builder.Services.AddAntiforgery();
            },
            app => app.MapTokenDashboard());

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("MapTokenDashboard(\"/tokens/ui\") has no authorization policy*");
    }

    [Fact]
    public async Task The_button_starts_as_many_refreshes_a_minute_as_the_page_was_given()
    {
        await using var host = await TokenWebHost.StartAsync(
            (builder, _) => builder.Services.AddTokenPermissions(permissions => permissions.AddToken("mail", token => token.Update.Roles.Add("operator"))),
            app => app.MapTokenDashboard(configure: static options => options.StartedRefreshesPerMinute = 1));
        var (client, form) = await FormAsync(host);
        (await client.PostAsync("/tokens/ui/refresh", form)).Headers.Location!.ToString().Should().EndWith("said=refreshed");
        var (again, other) = await FormAsync(host, name: "mail");

        using var pressed = await again.PostAsync("/tokens/ui/refresh", other);

        pressed.Headers.Location!.ToString().Should().EndWith("said=too-many");
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    private static Task<WebHost> StartAsync() => TokenWebHost.StartAsync(map: app => app.MapTokenDashboard());

    private static async Task<string> PageAsync(WebHost host, string user = Operator, string query = "")
    {
        using var answer = await host.Client(user).GetAsync("/tokens/ui" + query);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<(HttpClient Client, FormUrlEncodedContent Form)> FormAsync(
        WebHost host, string user = Operator, string name = "crm", string subject = "")
    {
        var client = host.Client(user);
        using var page = await client.GetAsync("/tokens/ui");
        var token = Regex.Match(await page.Content.ReadAsStringAsync(), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        client.DefaultRequestHeaders.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        return (client, new FormUrlEncodedContent([new("name", name), new("subject", subject), new("__RequestVerificationToken", WebUtility.HtmlDecode(token))]));
    }

    private static async Task<string> NextAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return JsonDocument.Parse(line[6..]).RootElement.GetProperty("markup").GetString()!;
            }
        }

        throw new EndOfStreamException("The stream ended without news.");
    }
}
