using Npgsql;
using TokenKit.PrivatePostgreSql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>The database server goes away in the midst of refreshes, and comes back. The token server rotates strictly.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class ServerFaultTests
{
    [PrivateServerFact]
    public async Task A_restart_and_a_crash_of_the_server_cost_no_grant()
    {
        await using var server = await PrivateServer.StartAsync();
        var endpoint = new FakeTokenEndpoint();
        await using var client = new RefreshingClient(server.ConnectionString, new PostgreSqlStoreOptions(), endpoint, endpoint.IssueRefreshToken());
        await client.RefreshUntilItSucceedsAsync();
        var rounds = LongRun.Of(20, 1);
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

    [LongPrivateServerFact]
    public async Task A_promoted_synchronous_standby_has_every_token()
    {
        const int rounds = 20;
        for (var round = 0; round < rounds; round++)
        {
            await using var primary = await PrivateServer.StartAsync("synchronous_standby_names = 'standby'", "synchronous_commit = local");
            await using var standby = await primary.FollowAsync();
            var hosts = new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Host = $"127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}", Timeout = 5 };
            var endpoint = new FakeTokenEndpoint();
            await using var client = new RefreshingClient(
                new NpgsqlDataSourceBuilder(hosts.ConnectionString).BuildMultiHost(), new PostgreSqlStoreOptions(), endpoint, endpoint.IssueRefreshToken());
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
}
