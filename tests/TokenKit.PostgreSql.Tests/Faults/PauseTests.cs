using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>A process that stops (a debugger, a frozen container, a suspended machine) and goes on past the end of its lease.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class PauseTests(TestDatabase database)
{
    private static readonly int Pauses = LongRun.Of(50, 1);

    [PostgreSqlFact]
    public async Task On_PostgreSQL_a_holder_that_wakes_past_its_lease_overwrites_nothing()
    {
        await using var fleet = new Fleet(
            Fleet.PostgreSql, database, new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromHours(1) }, isQuick: true);
        var sleeper = await fleet.StartProcessAsync();
        var other = await fleet.StartProcessAsync();
        for (var pause = 0; pause < Pauses; pause++)
        {
            var before = fleet.Endpoint.TokenRequests;
            using var held = fleet.Endpoint.HoldNext();
            await sleeper.TellAsync("call 3");
            await fleet.Endpoint.WaitForRequestsAsync(before + 1);
            await sleeper.PauseAsync();
            held.Release();

            // The lease has to run out by the database's clock, then the successor settles and sends.
            (await other.OrderAsync("call 3")).Should().Be("called 3 1 ");
            var stored = await fleet.StoredRefreshTokenAsync();
            await sleeper.ContinueAsync();

            // Its own request is out of time; whoever asks next gets what the successor obtained.
            (await sleeper.ReadAsync()).Should().BeOneOf("called 3 1 ", "called 0 0 TimedOut");
            (await sleeper.OrderAsync("call 3")).Should().BeOneOf("called 3 1 ", "called 0 0 TimedOut");
            (await fleet.StoredRefreshTokenAsync()).Should().Be(stored, "the successor's write stays");
            fleet.Endpoint.IsCurrent(stored!).Should().BeTrue();
            fleet.Endpoint.LostGrants.Should().Be(0);
            fleet.Endpoint.TokenRequests.Should().Be(before + 2);
            await fleet.PassAsync(TimeSpan.FromHours(2), [sleeper, other]);
        }
    }

    [Fact]
    public async Task On_files_nobody_refreshes_beside_a_holder_that_sleeps()
    {
        await using var fleet = new Fleet(
            Fleet.File, database, new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromHours(1) }, isQuick: true);
        var sleeper = await fleet.StartProcessAsync();
        var other = await fleet.StartProcessAsync();
        using var held = fleet.Endpoint.HoldNext();
        await sleeper.TellAsync("call 3");
        await fleet.Endpoint.WaitForRequestsAsync(1);
        await sleeper.PauseAsync();
        held.Release();

        // A lock of the kernel does not run out: the other gives up after the time of a lease and has sent nothing.
        (await other.OrderAsync("call 3")).Should().Be("called 0 0 StoreUnavailable");
        fleet.Endpoint.TokenRequests.Should().Be(1);
        await sleeper.ContinueAsync();

        // Out of time, its own answer counts as lost; the server's grace is what the second request is for.
        (await sleeper.ReadAsync()).Should().Be("called 3 1 ");
        fleet.Endpoint.LostGrants.Should().Be(0);
        fleet.Endpoint.IsCurrent((await fleet.StoredRefreshTokenAsync())!).Should().BeTrue();
    }
}
