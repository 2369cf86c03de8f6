using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>The application's own connections: two of them, and a hundred tokens to be refreshed.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class PoolTests(TestDatabase database)
{
    private const int Keys = 100;

    [PostgreSqlFact]
    public async Task A_hundred_token_requests_at_once_hold_no_connection()
    {
        var application = "tokenkit-pool-" + Guid.NewGuid().ToString("N");
        var endpoint = new FakeTokenEndpoint();
        await using var client = await SeededAsync(application, endpoint);
        using var held = endpoint.HoldNext(Keys);

        var tokens = Enumerable.Range(0, Keys).Select(index => client.Source.GetTokenAsync(new TokenDemand { Subject = $"{index}" }).AsTask()).ToArray();
        await endpoint.WaitForRequestsAsync(Keys, TimeSpan.FromMinutes(1));

        // All requests are on their way at once: with two connections that is possible only when none of them has one.
        var busy = await database.QueryAsync<long>(
            $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{application}' AND state <> 'idle'");
        busy.Should().Be(0);
        await using (await client.DataSource.OpenConnectionAsync())
        await using (await client.DataSource.OpenConnectionAsync())
        {
            held.Arrived.Should().Be(Keys);
        }

        held.Release();
        (await Task.WhenAll(tokens)).Should().OnlyHaveUniqueItems();
        endpoint.TokenRequests.Should().Be(Keys);
    }

    [PostgreSqlFact]
    public async Task Half_of_the_pool_is_left_to_the_application_however_many_tokens_are_wanted()
    {
        var endpoint = new FakeTokenEndpoint();
        var place = database.NewOptions();
        await using var client = await SeededAsync("tokenkit-pool-share", endpoint, place);
        await using var blocker = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var statement = blocker.CreateCommand())
        {
            statement.CommandText = $"LOCK TABLE {place.Schema}.{place.Table} IN ACCESS EXCLUSIVE MODE";
            await statement.ExecuteNonQueryAsync();
        }

        // Every statement of the store waits for the table now.
        var tokens = Enumerable.Range(0, Keys).Select(index => client.Source.GetTokenAsync(new TokenDemand { Subject = $"{index}" }).AsTask()).ToArray();
        await Signals.WaitAsync(
            async () => await database.QueryAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tokenkit-pool-share' AND wait_event_type = 'Lock'") > 0,
            "a statement of the store waits");
        await using (await client.DataSource.OpenConnectionAsync())
        {
            (await database.QueryAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tokenkit-pool-share' AND state = 'active'"))
                .Should().Be(1);
        }

        await transaction.RollbackAsync();
        (await Task.WhenAll(tokens)).Should().HaveCount(Keys);
    }

    [LongPostgreSqlFact]
    public async Task An_unrelated_query_is_not_delayed_by_slow_token_requests()
    {
        var endpoint = new FakeTokenEndpoint { Delay = TimeSpan.FromSeconds(2) };
        await using var client = await SeededAsync("tokenkit-pool-long", endpoint);
        var tokens = Task.WhenAll(Enumerable.Range(0, Keys).Select(index => client.Source.GetTokenAsync(new TokenDemand { Subject = $"{index}" }).AsTask()));
        List<double> waits = [];
        while (!tokens.IsCompleted)
        {
            var start = TimeProvider.System.GetTimestamp();
            await using var command = client.DataSource.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync();
            waits.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        await tokens;
        waits.Sort();
        var (p99, longest) = (waits[(int)(waits.Count * 0.99)], waits[^1]);
        LongRun.Report($"PostgreSQL: pool of 2, {Keys} keys, token requests of 2 s: {waits.Count} unrelated queries, p99 {p99:F1} ms, longest {longest:F1} ms");
        p99.Should().BeLessThan(50);
    }

    private async Task<RefreshingClient> SeededAsync(string application, FakeTokenEndpoint endpoint, PostgreSqlStoreOptions? place = null)
    {
        var client = new RefreshingClient(
            $"{database.ConnectionString};Maximum Pool Size=2;Application Name={application}", place ?? database.NewOptions(), endpoint, seed: null);
        for (var index = 0; index < Keys; index++)
        {
            await client.Source.SeedAsync(new TokenSeed(endpoint.IssueRefreshToken()) { Subject = $"{index}" });
        }

        return client;
    }
}
