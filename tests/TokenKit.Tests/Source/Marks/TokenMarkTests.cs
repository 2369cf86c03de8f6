using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A token outlives what was asked for no longer than until its successor is there.</summary>
public sealed class TokenMarkTests
{
    [Fact]
    public async Task A_changed_scope_makes_the_token_due_at_once_and_serves_it_until_its_successor_is_there()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(("crm:Scope", "read"));
        await program.TokenAsync();

        program.Reload(("crm:Scope", "read write"));
        using var held = servers.Production.HoldNext();
        (await program.TokenAsync()).Should().Be("prod-access-1", "nobody waits while a usable token exists");
        held.Release();
        await program.IsQuietAsync();

        (await program.TokenAsync()).Should().Be("prod-access-2");
        servers.Production.TokenRequests.Should().Be(2);
        servers.Production.Requests[^1].Form["scope"].Should().Be("read write");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task A_call_waits_for_what_a_reloaded_placement_reads_and_not_for_a_renewal(int minutes)
    {
        var servers = new TwoServers();
        await using var program = servers.Start(("crm:Scope", "read"), ("crm:Placement:Headers:X-Key", "${secret.api-key}"), ("Secrets:api-key", "key"));
        (await program.CallAsync()).EnsureSuccessStatusCode();
        servers.Time.Advance(TimeSpan.FromMinutes(minutes));

        program.Reload(("crm:Scope", "read write"));
        using var held = servers.Production.HoldNext();
        (await program.CallAsync().WaitAsync(TimeSpan.FromSeconds(30))).EnsureSuccessStatusCode();
        await program.IsQuietAsync();
        (await program.CallAsync().WaitAsync(TimeSpan.FromSeconds(30))).EnsureSuccessStatusCode();
        await servers.Production.WaitForRequestsAsync(2);
        held.Release();
        await program.IsQuietAsync();

        TwoServers.SeenBy(servers.ProductionApi).Should().Equal("prod-access-1");
        (await program.TokenAsync()).Should().Be("prod-access-2");
    }

    [Fact]
    public async Task A_reload_that_is_taken_back_leaves_the_token_as_it_was()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(("crm:Scope", "read"));
        await program.TokenAsync();

        program.Reload(("crm:Scope", "read write"));
        program.Reload(("crm:Scope", "read"));

        (await program.TokenAsync()).Should().Be("prod-access-1");
        await program.IsQuietAsync();
        servers.Production.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task What_has_no_part_in_the_mark_renews_nothing()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(("crm:Scope", "read"));
        await program.TokenAsync();

        program.Reload(("crm:Placement:Header", "X-Token"), ("crm:Freshness:RefreshAt", "0.5"), ("crm:Client:Secret", "another"), ("crm:Resilience:Attempts", "2"));

        (await program.TokenAsync()).Should().Be("prod-access-1");
        await program.IsQuietAsync();
        servers.Production.TokenRequests.Should().Be(1);
    }

    [Theory]
    [InlineData("crm:Audience", "https://other.example")]
    [InlineData("crm:Resource", "https://other.example")]
    [InlineData("crm:TokenEndpoint", "https://prod.vendor.test/tenants/7/token")]
    public async Task A_token_for_another_audience_resource_or_url_is_not_served(string key, string value)
    {
        var servers = new TwoServers();
        await using var program = servers.Start();
        await program.TokenAsync();

        program.Reload((key, value));

        (await program.TokenAsync()).Should().Be("prod-access-2");
    }

    [Fact]
    public async Task A_token_whose_renewal_fails_serves_on_although_it_is_due_at_once()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(("crm:Scope", "read"));
        await program.TokenAsync();
        servers.Production.FailNextWithError("invalid_scope", count: 100);

        program.Reload(("crm:Scope", "read nonsense"));

        for (var minute = 0; minute < 20; minute++)
        {
            (await program.TokenAsync()).Should().Be("prod-access-1");
            await program.IsQuietAsync();
            servers.Time.Advance(TimeSpan.FromMinutes(1));
        }

        servers.Production.TokenRequests.Should().BeLessThan(19, "the back-off holds for it as for any renewal: it grows to minutes, whatever is drawn");
    }

    [Fact]
    public async Task A_stored_token_of_another_mark_is_due_at_once_after_a_restart_as_well()
    {
        using var folder = new StoreDirectory();
        var servers = new TwoServers(() => folder.Open(), folder.Time);
        await using (var before = servers.Start(("crm:Scope", "read")))
        {
            await before.TokenAsync();
        }

        await using var after = servers.Start(("crm:Scope", "read write"));
        (await after.TokenAsync()).Should().Be("prod-access-1");

        // The flight that read the store is not over when its callers are served: a call would join it and renew nothing.
        await after.IsQuietAsync();
        (await after.TokenAsync()).Should().Be("prod-access-1");
        await after.IsQuietAsync();

        (await after.TokenAsync()).Should().Be("prod-access-2");
    }

    [Fact]
    public async Task With_parameters_that_code_resolves_a_changed_scope_is_renewed_as_well()
    {
        var servers = new TwoServers();
        var tenant = "one";
        await using var program = servers.Start(
            builder => builder.UseParamResolver(["tenant"], (_, _, _) => new(new Dictionary<string, string> { ["tenant"] = tenant })),
            ("crm:Scope", "read"), ("crm:TokenEndpoint", "https://prod.vendor.test/${param.tenant}/token"));
        await program.TokenAsync();

        program.Reload(("crm:Scope", "read write"));
        (await program.TokenAsync()).Should().Be("prod-access-1");
        (await program.TokenAsync()).Should().Be("prod-access-1");
        await program.IsQuietAsync();
        (await program.TokenAsync()).Should().Be("prod-access-2");
        servers.Production.TokenRequests.Should().Be(2);

        // No reload tells of a parameter: the next flight does.
        tenant = "two";
        (await program.TokenAsync()).Should().Be("prod-access-2", "a call compares nothing");
        servers.Time.Advance(TimeSpan.FromMinutes(50));
        (await program.TokenAsync()).Should().Be("prod-access-2");
        await program.IsQuietAsync();
        (await program.TokenAsync()).Should().Be("prod-access-3");
    }

    [Fact]
    public async Task Two_versions_of_a_program_over_one_store_renew_as_often_as_one()
    {
        var servers = new TwoServers();
        await using var one = servers.Start(("crm:Scope", "read"));
        await one.TokenAsync();
        servers.Time.Advance(TimeSpan.FromMinutes(1));
        await using var other = servers.Start(("crm:Scope", "read write"));

        for (var minute = 0; minute < 12 * 60; minute++)
        {
            await one.TokenAsync();
            await one.IsQuietAsync();
            await other.TokenAsync();
            await other.IsQuietAsync();
            servers.Time.Advance(TimeSpan.FromMinutes(1));
        }

        // One would renew every 45 minutes or so: 16 times. The one that the newer version makes at its start comes on top.
        servers.Production.TokenRequests.Should().BeInRange(16, 20, "they do not take turns");
    }

    [Fact]
    public async Task A_deployment_that_adds_a_scope_for_ten_thousand_subjects_is_no_storm()
    {
        const int Subjects = 10_000;
        var servers = new TwoServers();
        await using var program = servers.Start(("crm:Scope", "read"));
        for (var subject = 0; subject < Subjects; subject++)
        {
            await program.TokenAsync($"shop-{subject}");
        }

        program.Reload(("crm:Scope", "read write"));
        var mostInASecond = 0;
        for (var second = 0; second < 20; second++)
        {
            var before = servers.Production.TokenRequests;
            for (var subject = 0; subject < Subjects; subject++)
            {
                (await program.Source.GetTokenAsync(new TokenDemand { Subject = $"shop-{subject}" })).Should().NotBeNull();
            }

            await Task.WhenAll(program.Flights.Slots.Select(static slot => slot.Flight?.EndAsync(CancellationToken.None) ?? Task.CompletedTask));
            mostInASecond = Math.Max(mostInASecond, servers.Production.TokenRequests - before);
            servers.Time.Advance(TimeSpan.FromSeconds(1));
        }

        mostInASecond.Should().Be(10);
        servers.Production.TokenRequests.Should().Be(Subjects + 200);
    }

    [Fact]
    public async Task Without_calls_nothing_is_renewed_because_of_its_mark()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(("crm:Scope", "read"));
        await program.TokenAsync();
        program.Reload(("crm:Scope", "read write"));

        var planned = Scheduling.RefreshPlan.WaitFor(
            program.Flights.OwnSlot, new() { Jitter = 0 }, false, 0, Values.ClockReading.Now(servers.Time), servers.Time);

        planned.Should().BeGreaterThan(TimeSpan.FromMinutes(30), "the scheduler renews by age alone");
    }

    [Fact]
    public async Task What_was_swept_before_a_reload_is_judged_when_it_comes_back()
    {
        var servers = new TwoServers();
        await using var program = servers.Start();
        await program.TokenAsync("shop-1");

        // Nobody uses it between two sweeps.
        for (var sweep = 0; sweep < 3; sweep++)
        {
            await program.TokenAsync("shop-2");
            servers.Time.Advance(TimeSpan.FromMinutes(5));
            await TokenHost.HappensAtOnceAsync(static () => true, "");
        }

        program.Flights.Find("shop-1").Should().BeNull("it was swept");
        program.Reload(("crm:Audience", "https://other.example"));

        (await program.TokenAsync("shop-1")).Should().NotBe("prod-access-1");
    }
}
