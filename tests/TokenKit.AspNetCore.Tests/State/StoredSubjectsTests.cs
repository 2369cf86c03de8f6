using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>Lists and the page show what the store holds, also what other processes put there.</summary>
public sealed class StoredSubjectsTests
{
    private readonly SwitchableStore _store = new();

    [Fact]
    public async Task A_subject_that_another_process_stored_is_listed_with_its_state()
    {
        await using var other = await StartAsync();
        await other.RefreshAsync("shops", "acme");
        await using var host = await StartAsync();

        var listed = (await ListAsync(host)).GetProperty("tokens").EnumerateArray().Single();
        var page = await host.Client("role=operator").GetStringAsync("/tokens/ui");

        listed.GetProperty("subject").GetString().Should().Be("acme");
        listed.GetProperty("status").GetString().Should().Be("Fresh");
        listed.GetProperty("generation").GetInt64().Should().Be(0, "this process has not used it");
        page.Should().Contain("acme").And.Contain("1 fresh");
        host.Endpoint.TokenRequests.Should().Be(0, "looking starts nothing");
    }

    [Theory]
    [InlineData(50, "1 due for renewal")]
    [InlineData(61, "1 expired")]
    public async Task What_is_only_listed_grows_old_too(int minutes, string counted)
    {
        await using var other = await StartAsync();
        await other.RefreshAsync("shops", "acme");
        await using var host = await StartAsync();

        _store.Time.Advance(TimeSpan.FromMinutes(minutes));

        // The search finds nothing, so that no token is read, and all are counted.
        (await host.Client("role=operator").GetStringAsync("/tokens/ui?search=nothing")).Should().Contain(counted);
    }

    [Fact]
    public async Task Thousands_are_listed_page_by_page_and_each_counts_once()
    {
        await using var host = await StartAsync();
        for (var number = 0; number < 2_500; number++)
        {
            await _store.SetAsync(new SecretKey("Production", "shops", $"shop-{number:0000}") { Kind = SecretKind.TokenSet }, new SecretWrite(new byte[] { 1 }, SecretCondition.Any));
        }

        await _store.SetAsync(new SecretKey("Production", "shops-of-others", "stranger") { Kind = SecretKind.TokenSet }, new SecretWrite(new byte[] { 1 }, SecretCondition.Any));
        await _store.SetAsync(new SecretKey("Staging", "shops", "stranger") { Kind = SecretKind.TokenSet }, new SecretWrite(new byte[] { 1 }, SecretCondition.Any));
        await _store.SetAsync(new SecretKey("Production", "shops", "stranger"), new SecretWrite(new byte[] { 1 }, SecretCondition.Any));
        host.Know("shops", "shop-0001");

        (await ListAsync(host)).GetProperty("total").GetInt32().Should().Be(2_500);
        (await ListAsync(host, "?search=stranger")).GetProperty("total").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task The_store_is_listed_for_the_first_who_looks_and_not_for_each()
    {
        await using var host = await StartAsync();

        for (var look = 0; look < 20; look++)
        {
            await ListAsync(host);
        }

        _store.Listings.Should().Be(1);
        _store.Time.Advance(TimeSpan.FromSeconds(10));
        await ListAsync(host);
        _store.Listings.Should().Be(2);
    }

    [Fact]
    public async Task What_is_seeded_or_forgotten_here_shows_at_once()
    {
        await using var host = await StartAsync();
        var client = host.Client("role=operator");
        (await ListAsync(host, "?search=acme")).GetProperty("total").GetInt32().Should().Be(0);

        await client.PutAsJsonAsync("/tokens/shops/acme/seed", new { refreshToken = host.Endpoint.IssueRefreshToken() });
        (await ListAsync(host, "?search=acme")).GetProperty("total").GetInt32().Should().Be(1);

        await client.DeleteAsync("/tokens/shops/other");
        _store.Listings.Should().Be(2, "nothing was listed since");
        await ListAsync(host);
        _store.Listings.Should().Be(3);
    }

    [Fact]
    public async Task What_is_changed_here_while_the_store_is_listed_has_it_listed_again_for_the_next_who_looks()
    {
        await using var host = await StartAsync();
        _store.AfterListing = () => host.Client("role=operator").DeleteAsync("/tokens/shops/acme");
        await ListAsync(host);

        await ListAsync(host);
        await ListAsync(host);

        _store.Listings.Should().Be(2, "what was read before the change is not kept, and what was read after it is");
    }

    [Fact]
    public async Task While_the_store_is_away_what_was_listed_before_is_shown()
    {
        await using var other = await StartAsync();
        await other.RefreshAsync("shops", "acme");
        await using var host = await StartAsync();
        await ListAsync(host);

        _store.IsAway = true;
        _store.Time.Advance(TimeSpan.FromMinutes(1));

        (await ListAsync(host)).GetProperty("tokens").EnumerateArray().Single().GetProperty("subject").GetString().Should().Be("acme");
    }

    private Task<WebHost> StartAsync() => WebHost.StartAsync(
        (builder, endpoint) =>
        {
            builder.Services.AddClientCredentials("shops", endpoint);
            builder.Services.AddKeyedSingleton<ISecretStore>("shops", _store);
            builder.Services.AddKeyedSingleton<IRefreshLeaseProvider>("shops", _store);
            builder.Services.AddAntiforgery();
            TestUsers.Add(builder.Services);
            builder.Services.AddTokenPermissions(static permissions =>
            {
                permissions.AddToken("shops", shops =>
                {
                    shops.Update.Roles.Add("operator");
                    shops.Seed.Roles.Add("operator");
                });
            });
        },
        static app =>
        {
            app.MapTokenRefresh();
            app.MapTokenDashboard();
        },
        clock: _store.Time);

    private static Task<JsonElement> ListAsync(WebHost host, string query = "") =>
        host.Client("role=operator").GetFromJsonAsync<JsonElement>("/tokens" + query);
}
