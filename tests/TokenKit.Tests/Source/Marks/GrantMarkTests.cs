using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Tokens and grants of one client and server never go to another.</summary>
public sealed class GrantMarkTests
{
    private static readonly string[] OfTest = ["test-access-1"];

    [Fact]
    public async Task A_reload_from_test_to_production_takes_no_token_of_the_test_server_along()
    {
        var servers = new TwoServers();
        await using var program = servers.Start();
        program.GoToTest();
        (await program.CallAsync()).EnsureSuccessStatusCode();
        TwoServers.SeenBy(servers.TestApi).Should().Equal(OfTest);

        program.GoToProduction();
        (await program.CallAsync()).EnsureSuccessStatusCode();

        TwoServers.SeenBy(servers.ProductionApi).Should().Equal("prod-access-1");
        (await program.TokenAsync()).Should().Be("prod-access-1");
    }

    [Fact]
    public async Task Nor_does_a_restart_over_files()
    {
        using var folder = new StoreDirectory();
        var servers = new TwoServers(() => folder.Open(), folder.Time);
        await using (var before = servers.Start())
        {
            before.GoToTest();
            (await before.CallAsync()).EnsureSuccessStatusCode();
        }

        await using var after = servers.Start();
        (await after.CallAsync()).EnsureSuccessStatusCode();

        TwoServers.SeenBy(servers.ProductionApi).Should().Equal("prod-access-1");
        servers.Production.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_changed_client_id_needs_no_person_where_the_program_logs_in_by_itself()
    {
        var servers = new TwoServers();
        servers.Production.AddClient("other-app", "other-secret");
        await using var program = servers.Start();
        await program.TokenAsync();

        program.Reload(("crm:Client:Id", "other-app"), ("crm:Client:Secret", "other-secret"));

        (await program.TokenAsync()).Should().Be("prod-access-2");
    }

    [Fact]
    public async Task A_refresh_token_of_production_is_not_sent_to_the_test_server_and_is_found_alive_on_the_way_back()
    {
        var servers = new TwoServers();
        var refreshToken = servers.Production.IssueRefreshToken();
        await using var program = servers.Start(("crm:Grant", "refresh_token"), ("crm:Seed:RefreshToken", refreshToken));
        (await program.TokenAsync()).Should().Be("prod-access-1");

        program.GoToTest();
        var failure = await program.FailureAsync();
        servers.Time.Advance(TimeSpan.FromMinutes(10));
        await program.FailureAsync();

        servers.Test.TokenRequests.Should().Be(0, "the refresh token is another server's");
        failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        failure.Message.Should().Contain("grant mark 1-").And.Contain("the former definition finds it again").And.Contain("Secret.Grant");

        program.GoToProduction();
        (await program.TokenAsync()).Should().Be("prod-access-1", "it was left as it is, and works");
        servers.Time.Advance(TimeSpan.FromHours(1));
        (await program.TokenAsync()).Should().Be("prod-access-2");
        servers.Production.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task A_seed_of_its_own_takes_the_place_of_another_servers_grant()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(
            ("crm:Grant", "refresh_token"), ("crm:Seed:RefreshToken", servers.Production.IssueRefreshToken()));
        await program.TokenAsync();

        program.Reload(("crm:Seed:RefreshToken", servers.Test.IssueRefreshToken()));
        program.GoToTest();

        (await program.TokenAsync()).Should().Be("test-access-1");
        servers.Production.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task What_a_person_forgets_makes_way()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(
            ("crm:Grant", "refresh_token"), ("crm:Seed:RefreshToken", servers.Production.IssueRefreshToken()));
        await program.TokenAsync();
        program.GoToTest();
        (await program.FailureAsync())!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);

        await program.Source.ForgetAsync();
        await program.Source.SeedAsync(new TokenSeed(servers.Test.IssueRefreshToken()));

        (await program.TokenAsync()).Should().Be("test-access-1");
    }

    [Fact]
    public async Task A_vendor_that_moved_is_named_by_hand()
    {
        var servers = new TwoServers();
        await using var program = servers.Start(
            ("crm:Grant", "refresh_token"), ("crm:Seed:RefreshToken", servers.Production.IssueRefreshToken()), ("crm:Secret:Grant", "vendor"));
        await program.TokenAsync();

        // The same server under another address.
        program.Reload(("crm:TokenEndpoint", "https://login.vendor.test/token"));

        (await program.TokenAsync()).Should().Be("prod-access-2", "the token was obtained elsewhere, its grant is the same");
    }

    [Fact]
    public async Task A_refresh_by_hand_brings_no_token_of_a_flight_that_began_before_the_reload()
    {
        var servers = new TwoServers();
        await using var program = servers.Start();
        program.GoToTest();
        var held = servers.Test.HoldNext();
        var before = program.TokenAsync();
        await servers.Test.WaitForRequestsAsync(1);

        program.GoToProduction();
        var refresh = program.Refresher.RefreshAsync().AsTask();
        held.Release();

        (await refresh).Token!.Reveal().Should().Be("prod-access-1");
        await before;
    }

    [Fact]
    public async Task A_flight_that_began_before_the_reload_serves_nobody_who_asks_after_it()
    {
        var servers = new TwoServers();
        await using var program = servers.Start();
        program.GoToTest();
        var held = servers.Test.HoldNext();
        var before = program.TokenAsync();
        await servers.Test.WaitForRequestsAsync(1);

        program.GoToProduction();
        var after = program.CallAsync();
        held.Release();
        (await after).EnsureSuccessStatusCode();

        (await before).Should().Be("prod-access-1", "whoever asked before is given what is meant now");
        TwoServers.SeenBy(servers.ProductionApi).Should().Equal("prod-access-1");
    }

    [Fact]
    public async Task Hints_of_the_others_writes_have_no_program_renew_its_own_token()
    {
        var store = new FaultyStore();
        var servers = new TwoServers(() => store, store.Time);
        await using var one = servers.Start();
        await using var other = servers.Start();
        other.GoToTest();
        await one.TokenAsync();
        await other.TokenAsync();
        var key = new SecretKey("Production", "crm") { Kind = SecretKind.TokenSet };

        for (var round = 0; round < 5; round++)
        {
            var written = (await store.GetAsync(key))!;
            store.Raise(new SecretChange { Key = key, WrittenEpoch = written.WrittenEpoch, WrittenSequence = written.WrittenSequence });
            await one.IsQuietAsync();
            await other.IsQuietAsync();
        }

        (await one.TokenAsync()).Should().Be("prod-access-1");
        (await other.TokenAsync()).Should().Be("test-access-1");
        (servers.Production.TokenRequests, servers.Test.TokenRequests).Should().Be((1, 1), "each write would be a hint for the other, for ever");
    }

    [Fact]
    public async Task A_program_of_each_server_over_one_store_obtains_its_own_and_adopts_none_of_the_others()
    {
        var servers = new TwoServers();
        await using var one = servers.Start();
        await using var other = servers.Start();
        other.GoToTest();

        for (var hour = 0; hour < 5; hour++)
        {
            (await one.TokenAsync()).Should().StartWith("prod-");
            (await other.TokenAsync()).Should().StartWith("test-");
            servers.Time.Advance(TimeSpan.FromMinutes(61));
        }

        (servers.Production.TokenRequests, servers.Test.TokenRequests).Should().Be((5, 5), "each renews at its own pace");
    }
}
