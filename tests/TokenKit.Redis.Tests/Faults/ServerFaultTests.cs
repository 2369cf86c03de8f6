using System.Globalization;
using TokenKit.Testing;

namespace TokenKit.Redis.Tests;

/// <summary>Servers that must not be used, that forget, that are killed.</summary>
public sealed class ServerFaultTests
{
    private static readonly SecretKey Key = new("Test", "crm");
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(10);

    [RedisFact]
    public async Task What_was_written_is_kept_when_the_server_is_killed()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var redis = await server.ConnectAsync();
        var endpoint = new FakeTokenEndpoint();
        await using var program = new RefreshingProgram(redis, endpoint, endpoint.IssueRefreshToken());
        var store = new RedisSecretStore(redis, new RedisStoreOptions());
        for (var kill = 1; kill <= 5; kill++)
        {
            await program.RefreshAsync();
            var confirmed = (await store.SetAsync(Key, Write(SecretCondition.Any))).Version;
            using var stop = new CancellationTokenSource();
            var writing = WriteOnAsync(store, version => confirmed = version, stop.Token);
            await server.KillAsync();
            await stop.CancelAsync();
            await writing;
            await server.StartAgainAsync();

            (await ReadAsync(store)).Version.Should().BeGreaterThanOrEqualTo(confirmed, "a confirmed write is on disk");
        }

        await program.RefreshAsync();
        endpoint.Rotations.Should().Be(6);
        endpoint.ReuseDetections.Should().Be(0, "no rotated refresh token was lost");
    }

    [RedisFact]
    public async Task Scripts_that_were_flushed_are_sent_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await server.ConnectAsync();
        var store = new RedisSecretStore(redis, new RedisStoreOptions());

        await FlushAsync();
        var lease = (await store.TryTakeAsync(Key, LeaseTime))!;
        await FlushAsync();
        (await lease.RenewAsync(LeaseTime)).IsHeld.Should().BeTrue();
        await FlushAsync();
        (await lease.WriteAsync(Write(SecretCondition.WrittenBefore(lease.Epoch, 1)), RefreshState.Alive)).Outcome.Should().Be(SecretWriteOutcome.Written);
        await FlushAsync();
        (await store.GetAsync(Key)).Should().NotBeNull();
        await FlushAsync();
        (await store.ListAsync(new SecretQuery { Environment = "Test" })).Secrets.Should().ContainSingle();
        await FlushAsync();
        (await store.RemoveAsync(Key, SecretCondition.Any)).Should().BeTrue();

        async Task FlushAsync() => await redis.GetServers()[0].ScriptFlushAsync();
    }

    [RedisFact]
    public async Task A_server_that_only_follows_another_answers_nothing()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {primary.Port.ToString(CultureInfo.InvariantCulture)}");
        await using var redis = await replica.ConnectAsync();
        await using var demoted = await RedisServer.StartAsync();
        await using var before = await demoted.ConnectAsync();
        var (store, used) = (new RedisSecretStore(redis, new RedisStoreOptions()), new RedisSecretStore(before, new RedisStoreOptions()));
        await used.SetAsync(Key, Write(SecretCondition.Any));
        await using (var admin = await demoted.ConnectAsync())
        {
            await admin.GetServers()[0].ExecuteAsync("REPLICAOF", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var follower in new[] { store, used })
        {
            var read = async () => await follower.GetAsync(Key);

            var failure = (await read.Should().ThrowAsync<RedisStoreException>().WithMessage("*primary*")).Which;
            (failure.ErrorCode, failure.IsTransient).Should().Be(("READONLY", true));
        }
    }

    [RedisFact]
    public async Task A_server_that_evicts_keys_is_refused()
    {
        await using var server = await RedisServer.StartAsync("--maxmemory-policy", "allkeys-lru");
        await using var redis = await server.ConnectAsync(asAdministrator: false);
        await using var admin = await server.ConnectAsync();
        var store = new RedisSecretStore(redis, new RedisStoreOptions());

        var take = async () => await store.TryTakeAsync(Key, LeaseTime);

        (await take.Should().ThrowAsync<RedisStoreException>().WithMessage("*allkeys-lru*noeviction*")).Which.IsTransient.Should().BeFalse();
        await admin.GetServers()[0].ConfigSetAsync("maxmemory-policy", "noeviction");
        (await take()).Should().NotBeNull("it is looked at again");
    }

    [RedisFact]
    public async Task A_server_that_forgets_is_warned_of()
    {
        (await EventsOnAsync("--appendonly", "no")).Should().Equal(RedisEventIds.ForgetsSinceSnapshot);
        (await EventsOnAsync("--appendonly", "yes", "--appendfsync", "everysec")).Should().Equal(RedisEventIds.ForgetsSeconds);
        (await EventsOnAsync("--appendonly", "yes", "--appendfsync", "always")).Should().BeEmpty();
        (await EventsOnAsync(asAdministrator: false, "--appendonly", "yes", "--appendfsync", "always")).Should().Equal([RedisEventIds.ForgetsSeconds], "it cannot be read");
        (await EventsOnAsync("--appendonly", "yes", "--appendfsync", "always", "--rename-command", "INFO", "")).Should().Contain(RedisEventIds.EvictionNotReadable);
    }

    [RedisFact]
    public async Task A_write_that_no_replica_confirms_counts_and_is_said()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var redis = await server.ConnectAsync();
        var log = new NotedEvents();
        var store = new RedisSecretStore(
            redis, new RedisStoreOptions { WaitForReplicas = 1, WaitTimeout = TimeSpan.FromMilliseconds(50) }, logger: log);

        (await store.SetAsync(Key, Write(SecretCondition.WrittenBefore(1, 1)))).Outcome.Should().Be(SecretWriteOutcome.Written);

        log.Ids.Should().Equal(RedisEventIds.NotConfirmed);
    }

    [RedisFact]
    public async Task A_write_that_a_replica_confirms_survives_its_promotion()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0");
        await using var replica = await RedisServer.StartAsync("--replicaof", $"127.0.0.1 {server.Port.ToString(CultureInfo.InvariantCulture)}");
        await using var redis = await server.ConnectAsync();
        var log = new NotedEvents();
        var store = new RedisSecretStore(redis, new RedisStoreOptions { WaitForReplicas = 1, WaitTimeout = TimeSpan.FromSeconds(4) }, logger: log);
        await redis.GetServers()[0].ExecuteAsync("WAIT", 1, 4000);

        await store.SetAsync(Key, Write(SecretCondition.WrittenBefore(1, 1)));
        await server.KillAsync();
        await using var promoted = await replica.ConnectAsync();
        await promoted.GetServers()[0].ExecuteAsync("REPLICAOF", "NO", "ONE");
        await using var afterwards = await replica.ConnectAsync();

        log.Ids.Should().BeEmpty();
        (await new RedisSecretStore(afterwards, new RedisStoreOptions()).GetAsync(Key)).Should().NotBeNull();
    }

    private static SecretWrite Write(SecretCondition condition) => new("value"u8.ToArray(), condition);

    private static async Task WriteOnAsync(RedisSecretStore store, Action<long> confirmed, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                confirmed((await store.SetAsync(Key, Write(SecretCondition.Any), stop)).Version);
            }
        }
        catch (Exception exception) when (exception is RedisStoreException or OperationCanceledException)
        {
            // The server is gone.
        }
    }

    private static async Task<SecretEntry> ReadAsync(RedisSecretStore store)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return (await store.GetAsync(Key, deadline.Token))!;
            }
            catch (RedisStoreException exception) when (exception.IsTransient && !deadline.IsCancellationRequested)
            {
                // It connects again.
            }
        }
    }

    private static Task<IReadOnlyList<int>> EventsOnAsync(params string[] settings) => EventsOnAsync(asAdministrator: true, settings);

    private static async Task<IReadOnlyList<int>> EventsOnAsync(bool asAdministrator, params string[] settings)
    {
        await using var server = await RedisServer.StartAsync(settings);
        await using var redis = await server.ConnectAsync(asAdministrator: asAdministrator);
        var log = new NotedEvents();
        await new RedisSecretStore(redis, new RedisStoreOptions(), logger: log).GetAsync(Key);
        return [.. log.Ids];
    }
}
