using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>Thousands of stored subjects that are all overdue when two programs start, and callers who want others meanwhile.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class LoadTests(TestDatabase database)
{
    private const int NotPersisted = 1300;

    [PostgreSqlFact]
    public async Task Subjects_that_are_all_overdue_are_renewed_and_nothing_is_left_unstored()
    {
        var run = await RunAsync(subjects: 300);
        run.Endpoint.Rotations.Should().Be(300);
        run.Endpoint.ReuseDetections.Should().Be(0);
        run.Unpersisted.Should().Be(0);
    }

    [LongPostgreSqlFact]
    public async Task Callers_are_not_delayed_while_twenty_thousand_overdue_subjects_are_renewed()
    {
        const int Subjects = 20_000;
        var run = await RunAsync(Subjects);
        LongRun.Report(
            $"PostgreSQL: {Subjects} subjects all due at once, 2 programs with pools of 20: renewed in {run.Took.TotalSeconds:F0} s, "
            + $"{run.Endpoint.TokenRequests} token requests, {run.Unpersisted} unpersisted, {run.LeasesRunOut} leases run out, {run.Transactions / (double)Subjects:F1} transactions a renewal; "
            + $"{run.Waits.Count} callers: p50 {run.Waits[run.Waits.Count / 2]:F1} ms, p99 {run.Waits[(int)(run.Waits.Count * 0.99)]:F1} ms, longest {run.Waits[^1]:F1} ms");
        run.Endpoint.Rotations.Should().Be(Subjects);
        run.Endpoint.ReuseDetections.Should().Be(0);
        run.Unpersisted.Should().Be(0);
        run.LeasesRunOut.Should().Be(0);
        run.Waits[(int)(run.Waits.Count * 0.99)].Should().BeLessThan(100);
    }

    private async Task<Run> RunAsync(int subjects)
    {
        var place = database.NewOptions();
        var logs = new RecordedLogs();
        var endpoint = new FakeTokenEndpoint { Delay = TimeSpan.FromMilliseconds(20) };
        await using var first = new Program(database.ConnectionString, place, endpoint, logs);
        await using var second = new Program(database.ConnectionString, place, endpoint, logs);
        await StoreAsync(first.Store, subjects, index => new TokenSet
        {
            RefreshToken = new SecretText(endpoint.IssueRefreshToken()),
            ObtainedAt = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(30),
        }, "overdue");
        await database.ExecuteAsync($"UPDATE {place.Schema}.{place.Table} SET written_at = written_at - interval '30 days'");
        await StoreAsync(first.Store, subjects, static index => new TokenSet
        {
            AccessToken = new SecretText($"stored-{index}"),
            ObtainedAt = TimeProvider.System.GetUtcNow(),
            Lifetime = TimeSpan.FromHours(5),
            RefreshAfter = TimeSpan.FromHours(4),
        }, "served");
        var before = await TransactionsAsync();

        var start = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        ConcurrentBag<double> waits = [];
        var runOut = 0L;
        for (var caller = 0; caller < subjects && endpoint.Rotations < subjects; caller++)
        {
            await Task.WhenAll(
                AskAsync(first, $"served-{caller}", waits), AskAsync(second, $"served-{subjects - 1 - caller}", waits));
            if (caller % 50 == 0)
            {
                runOut = Math.Max(runOut, await database.QueryAsync<long>(
                    $"SELECT count(*) FROM {place.Schema}.{place.Table} WHERE lease_epoch <> 0 AND (lease_is_takeover OR lease_until < clock_timestamp())"));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }

        await Signals.WaitAsync(() => Task.FromResult(endpoint.Rotations >= subjects), "all are renewed");
        var took = TimeProvider.System.GetElapsedTime(start);
        await first.StopAsync();
        await second.StopAsync();
        (await database.QueryAsync<long>($"SELECT count(*) FROM {place.Schema}.{place.Table} WHERE lease_owner IS NOT NULL"))
            .Should().Be(0, "every lease was given back");
        return new Run(
            endpoint, [.. waits.Order()], logs.Of(NotPersisted).Count, runOut, await TransactionsAsync() - before, took);
    }

    private static async Task StoreAsync(PostgreSqlSecretStore store, int count, Func<int, TokenSet> setOf, string prefix)
    {
        var sets = new TokenSetStore(store, TimeProvider.System);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (index, stopping) =>
            (await sets.WriteAsync(
                new SecretKey("Production", Program.Name, $"{prefix}-{index}") { Kind = SecretKind.TokenSet }, TokenRecord.Of(setOf(index), default), SecretCondition.Absent, stopping))
                .Outcome.Should().Be(SecretWriteOutcome.Written));
    }

    private static async Task AskAsync(Program program, string subject, ConcurrentBag<double> waits)
    {
        var start = TimeProvider.System.GetTimestamp();
        await program.Source.GetTokenAsync(new TokenDemand { Subject = subject });
        waits.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
    }

    // Each statement is a transaction, and so is what Npgsql sends before it to reset the connection. Counts are told to the server's statistics up to a second late.
    private async Task<long> TransactionsAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        return await database.QueryAsync<long>("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");
    }

    private sealed record Run(
        FakeTokenEndpoint Endpoint, List<double> Waits, int Unpersisted, long LeasesRunOut, long Transactions, TimeSpan Took);

    /// <summary>A program with a pool of its own, whose hosted services a test starts and stops.</summary>
    private sealed class Program : IAsyncDisposable
    {
        public const string Name = "crm";

        private readonly NpgsqlDataSource _dataSource;
        private readonly ServiceProvider _provider;

        public Program(string connectionString, PostgreSqlStoreOptions place, FakeTokenEndpoint endpoint, RecordedLogs logs)
        {
            _dataSource = NpgsqlDataSource.Create(connectionString + ";Maximum Pool Size=20");
            var services = new ServiceCollection();
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error).AddRecordedLogs(logs));
            services.AddTokenRefresh(Name, token =>
            {
                token.TokenEndpoint = endpoint.Address.AbsoluteUri;
                token.Grant = TokenGrants.RefreshToken;
                token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                token.Freshness.KeepAlive = TimeSpan.FromDays(7);
            })
            .UsePostgreSql(_dataSource, options => (options.Schema, options.CreateSchema) = (place.Schema, true))
            .UseAesGcm(TestKeys.Key);
            services.AddHttpClient("tokenkit-" + Name).ConfigurePrimaryHttpMessageHandler(endpoint.CreateHandler);
            _provider = services.BuildServiceProvider();
        }

        public PostgreSqlSecretStore Store => _provider.GetRequiredKeyedService<PostgreSqlSecretStore>(Name);

        public ITokenSource Source => _provider.GetRequiredKeyedService<ITokenSource>(Name);

        private List<IHostedLifecycleService> Services => [.. _provider.GetServices<IHostedService>().OfType<IHostedLifecycleService>()];

        public async Task StartAsync()
        {
            foreach (var service in Services)
            {
                await service.StartingAsync(default);
                await service.StartAsync(default);
            }
        }

        public async Task StopAsync()
        {
            foreach (var service in Services)
            {
                await service.StoppingAsync(default);
                await service.StoppedAsync(default);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _provider.DisposeAsync();
            await _dataSource.DisposeAsync();
        }
    }
}
