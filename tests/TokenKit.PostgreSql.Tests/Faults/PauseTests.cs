using Npgsql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>A process that stops (a debugger, a frozen container, a suspended machine) and goes on past the end of its lease.</summary>
[Collection(WaitingCollection.Name)]
public sealed class PauseTests(TestDatabase database)
{
    private const string TimedOut = "called 0 0 TimedOut";

    private static readonly int Pauses = LongRun.Of(50, 1);

    // Its deadline has passed with its lease: what it decided before is carried out, and nothing more is sent.
    [PostgreSqlTheory]
    [InlineData(PausedAt.Acquire, 0)]
    [InlineData(PausedAt.Request, 1)]
    [InlineData(PausedAt.Write, 1)]
    public async Task On_PostgreSQL_a_holder_that_wakes_past_its_lease_sends_nothing_and_overwrites_nothing(PausedAt point, int sentBefore)
    {
        await using var fleet = new Fleet(
            Fleet.PostgreSql, database, new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromHours(1) }, isQuick: true);
        await using var proxy = new StatementProxy(new NpgsqlConnectionStringBuilder(database.ConnectionString).Port);
        var sleeper = await fleet.StartProcessAsync(databasePort: proxy.Port);
        var other = await fleet.StartProcessAsync();

        // The first refresh stores the seed, too.
        (await CallUntilTheEndAsync(sleeper, "call 1")).Should().Be("called 1 1 ");
        await fleet.PassAsync(TimeSpan.FromHours(2), [sleeper, other]);
        for (var pause = 0; pause < Pauses; pause++)
        {
            var before = fleet.Endpoint.TokenRequests;
            var late = await PauseAtAsync(point, fleet, sleeper, proxy);

            // The lease has to run out by the database's clock, then the successor settles and sends; it takes over at once what is stored.
            (await CallUntilTheEndAsync(other)).Should().Be("called 3 1 ");
            var stored = (await fleet.StoredAsync())!;
            await (late?.CarryOutAsync() ?? Task.CompletedTask);
            await sleeper.ContinueAsync();

            (await sleeper.ReadAsync()).Should().BeOneOf("called 3 1 ", TimedOut);
            (await sleeper.OrderAsync("call 3")).Should().BeOneOf("called 3 1 ", TimedOut);
            var now = (await fleet.StoredAsync())!;
            (now.WrittenEpoch, now.WrittenSequence, now.Set.AccessToken).Should().Be(
                (stored.WrittenEpoch, stored.WrittenSequence, stored.Set.AccessToken), "the successor's write stays");
            fleet.Endpoint.IsCurrent(now.Set.RefreshToken!.Reveal()).Should().BeTrue();
            fleet.Endpoint.LostGrants.Should().Be(0);
            fleet.Endpoint.TokenRequests.Should().Be(before + sentBefore + 1, "a sleeper that wakes sends nothing");

            // The late write of a sleeper that woke is tried once more, and would be taken for one of the next round.
            await Signals.WaitAsync(async () => await sleeper.OrderAsync("status") == "idle", "the sleeper has nothing left to write");
            await Signals.WaitAsync(async () => await other.OrderAsync("status") == "idle", "the other has nothing left to write");
            await fleet.PassAsync(TimeSpan.FromHours(2), [sleeper, other]);
        }

        LongRun.Report($"PostgreSQL: {Pauses} holders stopped past their lease at {point}: nothing sent late, nothing overwritten");
    }

    [Fact]
    public async Task On_files_nobody_refreshes_beside_a_holder_that_sleeps()
    {
        await using var fleet = new Fleet(
            Fleet.File, database, new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromHours(1) }, isQuick: true);
        var sleeper = await fleet.StartProcessAsync();
        var other = await fleet.StartProcessAsync();
        using var held = fleet.Endpoint.HoldNext();
        await sleeper.SendAsync("call 3");
        await fleet.Endpoint.WaitForRequestsAsync(1);
        await sleeper.PauseAsync();
        held.Release();

        // A lock of the kernel does not run out: the other gives up after the time of a lease and has sent nothing.
        (await CallUntilTheEndAsync(other)).Should().Be("called 0 0 StoreUnavailable");
        fleet.Endpoint.TokenRequests.Should().Be(1);
        await sleeper.ContinueAsync();

        // Out of time, its own answer counts as lost; the server's grace is what the second request is for.
        (await sleeper.ReadAsync()).Should().BeOneOf("called 3 1 ", TimedOut);
        (await CallUntilTheEndAsync(sleeper)).Should().Be("called 3 1 ");
        fleet.Endpoint.LostGrants.Should().Be(0);
        fleet.Endpoint.IsCurrent((await fleet.StoredRefreshTokenAsync())!).Should().BeTrue();
    }

    // A caller waits no longer than a refresh has time; the refresh goes on and waits for the lease.
    private static async Task<string> CallUntilTheEndAsync(FleetProcess process, string order = "call 3")
    {
        var answer = TimedOut;
        for (var calls = 0; calls < 20 && answer == TimedOut; calls++)
        {
            answer = await process.OrderAsync(order);
        }

        return answer;
    }

    /// <returns>The statement that is still on its way; it arrives when another has taken over.</returns>
    private static async Task<HeldStatement?> PauseAtAsync(PausedAt point, Fleet fleet, FleetProcess sleeper, StatementProxy proxy)
    {
        if (point is PausedAt.Request)
        {
            var arrived = fleet.Endpoint.TokenRequests;
            using var request = fleet.Endpoint.HoldNext();
            await sleeper.SendAsync("call 3");
            await fleet.Endpoint.WaitForRequestsAsync(arrived + 1);
            await sleeper.PauseAsync();
            request.Release();
            return null;
        }

        var held = proxy.HoldNext(point is PausedAt.Write ? StatementMarks.Write : StatementMarks.Acquire);
        await sleeper.SendAsync("call 3");
        await held.WaitForArrivalAsync();
        await sleeper.PauseAsync();
        if (point is PausedAt.Write)
        {
            return held;
        }

        await held.CarryOutAsync();
        return null;
    }
}

/// <summary>The step of a refresh that a process is stopped at.</summary>
public enum PausedAt
{
    /// <summary>The lease is its own, and it has not heard so.</summary>
    Acquire,

    /// <summary>The token server has rotated, and it has not heard so.</summary>
    Request,

    /// <summary>Its write is on the way, which also gives its lease back.</summary>
    Write,
}
