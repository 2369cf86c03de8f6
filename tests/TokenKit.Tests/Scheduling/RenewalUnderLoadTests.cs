using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Scheduling;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>Many tokens and callers over a store with few connections; in virtual time and on one thread.</summary>
public sealed class RenewalUnderLoadTests : IDisposable
{
    private const int NotPersisted = 1300;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(45);

    private readonly ListedStore _database = new();
    private readonly RecordedLogs _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void However_many_are_due_at_once_each_is_renewed_once_and_callers_are_served_meanwhile() => OnOneThread(async () =>
    {
        const int Overdue = 600;
        const int Served = 1500;
        var (one, two) = (new BusyStore(_database, connections: 4), new BusyStore(_database, connections: 4));
        await using var first = Process(one);
        await using var second = Process(two, sharing: first);
        await StoreAsync(first, "overdue", Overdue, obtained: null);
        _database.Time.Advance(TimeSpan.FromDays(8));
        await StoreAsync(first, "served", Served, obtained: "stored");
        (one.Latency, two.Latency, first.Endpoint.Delay) = (Milliseconds(10), Milliseconds(10), Milliseconds(100));
        await first.StartAsync();
        await second.StartAsync();

        List<Task<TimeSpan>> callers = [];
        while (callers.Count < Served && first.Endpoint.Rotations < Overdue)
        {
            callers.Add(AskAsync(first, $"served-{callers.Count}"));
            _database.Time.Advance(Milliseconds(50));
        }

        _database.Time.Advance(TimeSpan.FromSeconds(1));
        first.Endpoint.Rotations.Should().Be(Overdue, "each is renewed, and that within the time of the callers");
        first.Endpoint.TokenRequests.Should().Be(Overdue, "two processes share the work");
        _logs.Of(NotPersisted).Should().BeEmpty();
        (one.Takeovers + two.Takeovers).Should().Be(0);
        callers.Should().HaveCountGreaterThan(100).And.OnlyContain(static caller => caller.IsCompletedSuccessfully);
        (await Task.WhenAll(callers)).Max().Should().BeLessThanOrEqualTo(Milliseconds(100));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rotated_token_is_stored_however_many_calls_came_before_and_in_one_line_for_all_it_is_not(bool isOneLine) => OnOneThread(async () =>
    {
        var store = new BusyStore(_database, connections: 2);
        await using var host = isOneLine ? Process(new OneLineStore(store)) : Process(store);
        await StoreAsync(host, subject: "", obtained: null);
        await StoreAsync(host, "served", 2000, obtained: "stored");
        host.Endpoint.Delay = TimeSpan.FromSeconds(1);
        var refresh = host.Refresher.RefreshAsync().AsTask();
        store.Latency = Milliseconds(20);
        var callers = Enumerable.Range(0, 2000).Select(index => AskAsync(host, $"served-{index}")).ToList();

        _database.Time.Advance(TimeSpan.FromSeconds(2));
        refresh.IsCompletedSuccessfully.Should().Be(!isOneLine);
        _database.Time.Advance(TimeSpan.FromSeconds(10));
        _logs.Of(NotPersisted).Count.Should().Be(isOneLine ? 1 : 0);
        callers.Should().Contain(static caller => !caller.IsCompleted, "the store is busy still");

        _database.Time.Advance(TimeSpan.FromMinutes(2));
        await Task.WhenAll(callers);
    });

    [Fact]
    public void While_a_write_waits_for_longer_than_its_lease_nobody_else_gets_the_lease() => OnOneThread(async () =>
    {
        var store = new BusyStore(_database, connections: 1);
        await using var host = Process(store);
        await StoreAsync(host, subject: "", obtained: null);
        host.Endpoint.Delay = TimeSpan.FromSeconds(1);
        var refresh = host.RefreshToItsEndAsync();
        store.Latency = Milliseconds(500);
        var before = Enumerable.Range(0, 200)
            .Select(index => store.SetAsync(new SecretKey("Production", "other", $"{index}"), new SecretWrite(new byte[1], SecretCondition.WrittenBefore(1, 1))).AsTask())
            .ToList();

        List<TimeSpan> taken = [];
        var waited = TimeSpan.Zero;
        for (; !refresh.IsCompleted && waited < 4 * LeaseTime; waited += TimeSpan.FromSeconds(1))
        {
            if (await _database.TryTakeAsync(StoredTokens.Key, TimeSpan.FromSeconds(1)) is not null)
            {
                taken.Add(waited);
            }

            _database.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _database.Time.Advance(TimeSpan.FromMinutes(5));
        refresh.IsCompletedSuccessfully.Should().BeTrue();
        (await refresh).Outcome.Should().Be(RefreshOutcome.Refreshed);
        taken.Should().BeEmpty();
        waited.Should().BeGreaterThan(2 * LeaseTime);
        _logs.Of(NotPersisted).Should().BeEmpty();
        await Task.WhenAll(before);
    });

    [Fact]
    public void No_more_is_renewed_at_once_than_half_of_the_connections_of_the_store() => OnOneThread(async () =>
    {
        await using var host = Process(new BusyStore(_database, connections: 8));
        await StoreAsync(host, "overdue", 50, obtained: null);
        _database.Time.Advance(TimeSpan.FromDays(8));
        host.Endpoint.Delay = TimeSpan.FromSeconds(1);
        await host.StartAsync();

        List<int> requests = [0];
        for (var step = 0; step < 600; step++)
        {
            _database.Time.Advance(Milliseconds(100));
            requests.Add(host.Endpoint.TokenRequests);
        }

        requests[^1].Should().Be(50);
        requests.Zip(requests.Skip(9), static (before, after) => after - before).Max().Should().Be(4, "in less than the time of one request");
    });

    [Fact]
    public void What_has_been_due_for_longest_is_renewed_first() => OnOneThread(async () =>
    {
        await using var host = Process(new BusyStore(_database, connections: 2));
        List<string> tokens = [];
        for (var age = 9; age >= 0; age--)
        {
            // The store lists them by name, which is the other way round.
            tokens.Add(await StoreAsync(host, $"{age}", obtained: null));
            _database.Time.Advance(TimeSpan.FromHours(2));
        }

        _database.Time.Advance(TimeSpan.FromDays(9));
        host.Endpoint.Delay = Milliseconds(10);
        await host.StartAsync();
        _database.Time.Advance(TimeSpan.FromMinutes(1));

        host.Endpoint.Requests.Select(static request => request.RefreshToken).Should().Equal(tokens);
    });

    [Fact]
    public void A_request_that_hangs_does_not_keep_the_others_from_beginning() => OnOneThread(async () =>
    {
        await using var host = Process(new BusyStore(_database, connections: 2));
        await StoreAsync(host, "overdue", 10, obtained: null);
        _database.Time.Advance(TimeSpan.FromDays(8));
        using var held = host.Endpoint.HoldNext();
        await host.StartAsync();

        for (var step = 0; step < 100 && host.Endpoint.TokenRequests == 0; step++)
        {
            _database.Time.Advance(TimeSpan.FromSeconds(1));
        }

        host.Endpoint.TokenRequests.Should().Be(1, "there is one place");
        _database.Time.Advance(TimeSpan.FromSeconds(5));
        host.Endpoint.TokenRequests.Should().Be(10);
        held.Arrived.Should().Be(1);
        _database.Time.Advance(TimeSpan.FromMinutes(2));
    });

    [Fact]
    public void A_caller_who_joins_a_refresh_in_the_background_does_not_wait_with_it_behind_the_others() => OnOneThread(async () =>
    {
        var store = new BusyStore(_database, connections: 1);
        await using var host = Process(store);
        await StoreAsync(host, subject: "", obtained: null);
        await host.Source.GetTokenAsync();
        _database.Time.Advance(TimeSpan.FromMinutes(55));
        store.Latency = Milliseconds(20);
        var before = Enumerable.Range(0, 1000)
            .Select(_ => store.GetAsync(StoredTokens.Key, StoreTurn.Of(StoreUrgency.Background), default).AsTask()).ToList();
        await host.Source.GetTokenAsync();
        _database.Time.Advance(TimeSpan.FromSeconds(1));
        host.Endpoint.TokenRequests.Should().Be(1, "the renewal ahead of time waits behind the others");

        var refresh = host.Refresher.RefreshAsync().AsTask();
        _database.Time.Advance(TimeSpan.FromSeconds(1));

        (await refresh).Outcome.Should().Be(RefreshOutcome.Refreshed);
        before.Should().Contain(static call => !call.IsCompleted);
        _database.Time.Advance(TimeSpan.FromMinutes(1));
    });

    [Fact]
    public void The_wait_for_a_connection_takes_nothing_from_the_time_of_the_request() => OnOneThread(async () =>
    {
        var store = new BusyStore(_database, connections: 1);
        await using var host = Process(store);
        await StoreAsync(host, subject: "", obtained: null);
        store.Latency = Milliseconds(500);

        // It reads the store at once, and asks for the lease behind all others.
        var refresh = host.RefreshToItsEndAsync();
        var before = Enumerable.Range(0, 200)
            .Select(index => store.SetAsync(new SecretKey("Production", "other", $"{index}"), new SecretWrite(new byte[1], SecretCondition.WrittenBefore(1, 1))).AsTask())
            .ToList();
        _database.Time.Advance(TimeSpan.FromMinutes(2));

        refresh.IsCompletedSuccessfully.Should().BeTrue();
        (await refresh).Outcome.Should().Be(RefreshOutcome.Refreshed, "its deadline began with the lease");
        await Task.WhenAll(before);
    });

    [Fact]
    public void Each_process_is_early_by_a_time_of_its_own_for_each_key()
    {
        var freshness = new TokenFreshnessOptions { KeepAlive = Week, Jitter = 0 };
        List<TokenKey> keys = [.. Enumerable.Range(0, 1000).Select(static index => new TokenKey("crm", $"shop-{index}"))];
        List<TimeSpan> WaitsOf(ulong process) => [.. keys.Select(key => RefreshPlan.KeepAliveWait(freshness, key, TimeSpan.Zero, process)!.Value)];
        var (one, two) = (WaitsOf(0x9E3779B97F4A7C15), WaitsOf(0xD1B54A32D192ED03));

        one.Should().Equal(WaitsOf(0x9E3779B97F4A7C15), "at each look the same");
        one.Concat(two).Should().OnlyContain(wait => wait <= Week && wait > Week - TimeSpan.FromMinutes(30), "never later than the definition says");
        one.Zip(two).Count(static pair => (pair.First - pair.Second).Duration() < TimeSpan.FromSeconds(1)).Should().BeLessThan(10);
        var order = Enumerable.Range(0, keys.Count);
        order.OrderBy(index => one[index]).Zip(order.OrderBy(index => two[index])).Count(static pair => pair.First == pair.Second)
            .Should().BeLessThan(20, "they go through the keys in different orders");
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private static void OnOneThread(Func<Task> test) => RefreshSchedulerTests.OnOneThread(test);

    private async Task<TimeSpan> AskAsync(TokenHost host, string subject)
    {
        var start = _database.Time.GetTimestamp();
        await host.Source.GetTokenAsync(new TokenDemand { Subject = subject });
        return _database.Time.GetElapsedTime(start);
    }

    private async Task StoreAsync(TokenHost host, string prefix, int count, string? obtained)
    {
        for (var index = 0; index < count; index++)
        {
            await StoreAsync(host, $"{prefix}-{index}", obtained);
        }
    }

    private async Task<string> StoreAsync(TokenHost host, string subject, string? obtained)
    {
        var refreshToken = host.Endpoint.IssueRefreshToken();
        var set = new TokenSet
        {
            AccessToken = obtained is null ? null : new SecretText($"{obtained}-{subject}"),
            RefreshToken = new SecretText(refreshToken),
            ObtainedAt = _database.Time.GetUtcNow(),
            Lifetime = TimeSpan.FromHours(1),
            RefreshAfter = TimeSpan.FromMinutes(45),
        };
        await new TokenSetStore(_database, _database.Time).WriteAsync(StoredTokens.Key with { Subject = subject }, set, SecretCondition.Any, default);
        return refreshToken;
    }

    private TokenHost Process<T>(T store, TokenHost? sharing = null)
        where T : class, ISecretStore, IRefreshLeaseProvider => TokenHost.WithRefreshToken(
        options =>
        {
            (options.Freshness.KeepAlive, options.Freshness.Jitter) = (Week, 0);

            // What each subject begins with is stored.
            options.Seed = new TokenSeedOptions();
        },
        services =>
        {
            services.AddStore(store);
            services.AddLogging(logging => logging.AddRecordedLogs(_logs));
            services.AddSingleton<IWorkSpawner>(new InlineSpawner());
        },
        new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromHours(1) },
        sharing,
        _database.Time);
}
