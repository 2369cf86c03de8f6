using Npgsql;
using TokenKit.PrivatePostgreSql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>The database server goes away in the midst of refreshes, and comes back. The token server rotates strictly.</summary>
[Collection(WaitingCollection.Name)]
public sealed class ServerFaultTests
{
    [PrivateServerFact]
    public async Task A_restart_and_a_crash_of_the_server_cost_no_grant()
    {
        await using var server = await PrivateServer.StartAsync();
        var endpoint = new FakeTokenEndpoint();
        await using var client = new RefreshingClient(server.ConnectionString, new PostgreSqlStoreOptions(), endpoint, endpoint.IssueRefreshToken());
        await client.RefreshUntilItSucceedsAsync();
        var rounds = LongRun.Of(100, 1);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var mode in new[] { "fast", "immediate" })
            {
                // The server is away when the token server's answer comes.
                using var held = endpoint.HoldNext();
                var refresh = client.Refresher.RefreshAsync().AsTask();
                await held.WaitForArrivalAsync();
                await server.StopAsync(mode);
                held.Release();
                (await refresh).Succeeded.Should().BeTrue("the token is in hand, and whoever waits gets it");
                await server.StartAgainAsync();

                await client.NothingIsLostAsync();
                await client.RefreshUntilItSucceedsAsync();
            }
        }

        await client.NothingIsLostAsync();
        LongRun.Report($"PostgreSQL: {2 * rounds} restarts in mid-refresh, {endpoint.ReuseDetections} double redemptions, {endpoint.LostGrants} grants lost");
    }

    [PrivateServerFact]
    public async Task Backends_that_are_terminated_cost_no_grant()
    {
        await using var server = await PrivateServer.StartAsync();
        var endpoint = new FakeTokenEndpoint();
        await using var client = new RefreshingClient(
            server.ConnectionString + ";Application Name=victim", new PostgreSqlStoreOptions(), endpoint, endpoint.IssueRefreshToken());
        await client.RefreshUntilItSucceedsAsync();
        await using var killer = NpgsqlDataSource.Create(server.ConnectionString);
        using var stopping = new CancellationTokenSource();
        var killed = 0L;
        var killing = KillAsync();
        var refreshes = LongRun.Of(200, 20);
        for (var refresh = 0; refresh < refreshes; refresh++)
        {
            await client.RefreshUntilItSucceedsAsync();
        }

        await stopping.CancelAsync();
        await killing;
        await client.RefreshUntilItSucceedsAsync();

        await client.NothingIsLostAsync();
        killed.Should().BePositive();
        LongRun.Report($"PostgreSQL: {killed} backends terminated during {endpoint.TokenRequests} refreshes, {endpoint.ReuseDetections} double redemptions, {endpoint.LostGrants} grants lost");

        async Task KillAsync()
        {
            while (!stopping.IsCancellationRequested)
            {
                await using var command = killer.CreateCommand(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'victim'");
                killed += (long)(await command.ExecuteScalarAsync())!;
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    [PrivateServerFact]
    public async Task A_promoted_synchronous_standby_has_every_token()
    {
        var rounds = LongRun.Of(20, 1);
        for (var round = 0; round < rounds; round++)
        {
            await using var primary = await PrivateServer.StartAsync("synchronous_standby_names = 'standby'", "synchronous_commit = local");
            await using var standby = await primary.FollowAsync();
            var endpoint = new FakeTokenEndpoint();
            await using var client = OpenClient(primary, standby, endpoint, reuseGrace: TimeSpan.Zero);
            for (var refresh = 0; refresh < 10; refresh++)
            {
                await client.RefreshUntilItSucceedsAsync();
            }

            using var held = endpoint.HoldNext();
            var last = client.Refresher.RefreshAsync().AsTask();
            await held.WaitForArrivalAsync();
            await primary.StopAsync("immediate");
            held.Release();
            (await last).Succeeded.Should().BeTrue();
            await standby.PromoteAsync();

            await client.NothingIsLostAsync();
            await client.RefreshUntilItSucceedsAsync();
        }

        LongRun.Report($"PostgreSQL: {rounds} synchronous standbys promoted in mid-refresh, 0 grants lost, 0 double redemptions");
    }

    [PrivateServerFact]
    public async Task An_asynchronous_standby_that_lacks_a_commit_costs_a_strict_server_s_grant_and_a_person_must_consent_again()
    {
        var endpoint = new FakeTokenEndpoint();
        var result = await RefreshAfterAForgetfulFailoverAsync(endpoint, reuseGrace: TimeSpan.Zero);

        result.Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        endpoint.LostGrants.Should().Be(1, "this is the failover that no client can make good");
    }

    [PrivateServerFact]
    public async Task An_asynchronous_standby_that_lacks_a_commit_costs_no_grant_where_the_server_has_a_grace()
    {
        var endpoint = new FakeTokenEndpoint(new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromMinutes(5) });
        var result = await RefreshAfterAForgetfulFailoverAsync(endpoint, endpoint.Options.ReuseGrace);

        result.Outcome.Should().Be(RefreshOutcome.Refreshed);
        endpoint.LostGrants.Should().Be(0);
    }

    private static async Task<RefreshResult> RefreshAfterAForgetfulFailoverAsync(FakeTokenEndpoint endpoint, TimeSpan reuseGrace)
    {
        await using var primary = await PrivateServer.StartAsync();
        await using var standby = await primary.FollowAsync();
        await using var client = OpenClient(primary, standby, endpoint, reuseGrace);
        await client.RefreshUntilItSucceedsAsync();
        await StopFollowingAsync(primary, standby);

        // Committed, and gone with the primary.
        await client.RefreshUntilItSucceedsAsync();
        await primary.StopAsync("immediate");
        await standby.PromoteAsync();
        var token = await client.Source.GetTokenAsync();
        RefreshResult? result = null;
        await Signals.WaitAsync(
            async () => (result = await client.Refresher.RefreshAsync()).Failure?.Reason is not RefreshFailureReason.StoreUnavailable, "the promoted server is found");

        token.Reveal().Should().NotBeEmpty("callers are served from memory meanwhile");
        return result!;
    }

    // With what is committed so far, and without what is committed from now on.
    private static async Task StopFollowingAsync(PrivateServer primary, PrivateServer standby)
    {
        await using var first = NpgsqlDataSource.Create(primary.ConnectionString);
        await using var second = NpgsqlDataSource.Create(standby.ConnectionString);
        await Signals.WaitAsync(
            () => IsSoAsync(first, "SELECT flush_lsn >= pg_current_wal_flush_lsn() FROM pg_stat_replication"), "the standby has what is committed");
        await using (var deaf = second.CreateCommand("ALTER SYSTEM SET primary_conninfo = ''"))
        {
            await deaf.ExecuteNonQueryAsync();
        }

        (await IsSoAsync(second, "SELECT pg_reload_conf()")).Should().BeTrue();
        await Signals.WaitAsync(() => IsSoAsync(second, "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_wal_receiver)"), "the standby hears nothing more");
    }

    private static async Task<bool> IsSoAsync(NpgsqlDataSource server, string question)
    {
        await using var command = server.CreateCommand(question);
        return await command.ExecuteScalarAsync() is true;
    }

    private static RefreshingClient OpenClient(PrivateServer primary, PrivateServer standby, FakeTokenEndpoint endpoint, TimeSpan reuseGrace)
    {
        var hosts = new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Host = $"127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}", Timeout = 5 };
        return new RefreshingClient(
            new NpgsqlDataSourceBuilder(hosts.ConnectionString).BuildMultiHost(), new PostgreSqlStoreOptions(), endpoint, endpoint.IssueRefreshToken(), reuseGrace);
    }
}
