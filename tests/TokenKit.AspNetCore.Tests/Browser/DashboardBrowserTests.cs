using System.Net;
using Microsoft.AspNetCore.Builder;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The page in a real browser, over real sockets, while real time passes: that is what is tested here.</summary>
public sealed class DashboardBrowserTests
{
    private const string Operator = "role=operator";
    private const string Card = "li.token:has(h2:text-is('crm'))";

    [BrowserFact]
    public async Task A_token_grows_old_is_refreshed_by_the_button_and_its_failure_is_explained()
    {
        await using var host = await StartAsync();
        await host.RefreshAsync("crm");
        await using var browser = await HeadlessBrowser.StartAsync();

        await browser.OpenAsync(new Uri(host.Address, "/tokens/ui"), Operator);
        await browser.WaitForAsync(".live", "Live");
        await browser.WaitForAsync(Generation(1));
        var age = await browser.AttributeAsync($"{Card} .now", "cx");
        await browser.WaitForChangeAsync("svg.life .now", "cx", age);
        await browser.WaitForAsync($"{Card} .state", "Due for renewal");

        await browser.ClickAsync($"{Card} button");
        await browser.WaitForAsync(Generation(2));
        await browser.WaitForAsync(".said", "Refreshed.");
        await browser.WaitForAsync($"{Card} .state", "Fresh");

        host.Endpoint.FailNextWithError("invalid_client", status: HttpStatusCode.Unauthorized);
        await browser.WaitForAsync($"{Card} .state", "Due for renewal");
        await browser.ClickAsync($"{Card} button");
        await browser.WaitForAsync($"{Card} .failure", "The server did not accept the client or the login. Correct what the program shows");
        await browser.WaitForAsync($"{Card} .runs .failed", "failed, on request");

        (await browser.AccessibilityFaultsAsync()).Should().BeEmpty();
        (await browser.ComplaintsAsync()).Should().BeEmpty("nothing may run into the page's own policy");
    }

    [BrowserFact]
    public async Task Without_JavaScript_the_state_is_shown_and_the_button_works()
    {
        await using var host = await StartAsync();
        await host.RefreshAsync("crm");
        await using var browser = await HeadlessBrowser.StartAsync();

        await browser.OpenAsync(new Uri(host.Address, "/tokens/ui?search=crm"), Operator, scripts: false);
        (await browser.TextAsync($"{Card} .state")).Should().MatchRegex("Fresh|Due for renewal");
        (await browser.TextAsync($"{Card} .words")).Should().MatchRegex("Expires in \\d+ s");
        (await browser.CountAsync($"{Card} .runs > li")).Should().Be(1);
        await Task.Delay(TimeSpan.FromSeconds(1.5)); // the interval between two refreshes, by the clock on the wall

        await browser.ClickAsync($"{Card} button");

        await browser.WaitForAsync(".said", "Refreshed.");
        (await browser.AddressAsync()).Should().EndWith("/tokens/ui?search=crm&said=refreshed");
        await browser.WaitForAsync(Generation(2));
    }

    [BrowserFact]
    public async Task The_keyboard_is_enough_and_focus_stays_where_it_was()
    {
        await using var host = await StartAsync();
        await host.RefreshAsync("crm");
        await using var browser = await HeadlessBrowser.StartAsync();
        await browser.OpenAsync(new Uri(host.Address, "/tokens/ui"), Operator);
        await browser.WaitForAsync(".live", "Live");
        await browser.WaitForAsync($"{Card} .state", "Due for renewal");

        await browser.PressAsync("Tab");
        (await browser.FocusedAsync()).Should().Be("To the tokens");
        await browser.FocusAsync($"{Card} button");
        await browser.PressAsync("Enter");
        await browser.WaitForAsync(Generation(2));

        (await browser.FocusedAsync()).Should().StartWith("Refresh now");
    }

    [BrowserFact]
    public async Task The_page_is_for_eyes_and_ears_in_light_dark_and_on_a_narrow_screen()
    {
        await using var host = await PicturedTokens.StartAsync();
        await using var browser = await HeadlessBrowser.StartAsync();
        var images = Environment.GetEnvironmentVariable("TOKENKIT_APPROVE") == "1"
            ? Path.Combine(RepositoryRoot.Path, "docs", "images")
            : Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "images")).FullName;

        foreach (var (name, dark, width, height) in new[] { ("light", false, 1100, 1180), ("dark", true, 1100, 1180), ("narrow", false, 390, 1100) })
        {
            await browser.OpenAsync(new Uri(host.Address, "/tokens/ui"), "role=admin", dark, width, height);
            await browser.WaitForAsync(".live", "Live");

            await browser.ScreenshotAsync(Path.Combine(images, $"dashboard-{name}.png"), full: false);
            (await browser.AccessibilityFaultsAsync()).Should().BeEmpty("in {0}", name);
            (await browser.OverflowAsync()).Should().Be(0, "nothing sticks out in {0}", name);
            (await browser.ComplaintsAsync()).Should().BeEmpty();
        }
    }

    private static string Generation(int number) => $"{Card} div:has(> dt:text-is('Generation')) > dd:text-is('{number}')";

    private static Task<WebHost> StartAsync() => TokenWebHost.StartAsync(
        map: app =>
        {
            app.MapTokenDashboard();
            app.MapTokenRefresh();
        },
        listens: true,
        realTime: true,
        server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(30) },
        crm: token =>
        {
            token.Freshness.RefreshAt = 0.1;
            token.Freshness.Jitter = 0;
            token.Freshness.MinimumRefreshInterval = TimeSpan.FromSeconds(1);
        });
}
