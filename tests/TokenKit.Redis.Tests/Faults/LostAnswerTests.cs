namespace TokenKit.Redis.Tests;

/// <summary>The server has run the script and its answer is lost: nothing is done twice and nothing stands still.</summary>
public sealed class LostAnswerTests
{
    private static readonly SecretKey Key = new("Test", "crm");
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(10);

    [RedisFact]
    public async Task Every_step_of_a_refresh_survives_the_loss_of_its_answer()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new ScriptProxy(server.Port);
        await using var redis = await server.ConnectAsync(proxy.Port);
        var store = new RedisSecretStore(redis, new RedisStoreOptions());
        await LoadScriptsAsync(redis);
        var left = new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.ServerError, Failures = 2 };

        proxy.CutNext(RedisScripts.Acquire);
        var lease = await store.TryTakeAsync(Key, LeaseTime);
        lease.Should().NotBeNull("the hash says that the lease is ours, although nobody told us");
        lease!.IsTakeover.Should().BeFalse("nobody else had it");

        proxy.CutNext(RedisScripts.Renew);
        (await lease.RenewAsync(LeaseTime)).IsHeld.Should().BeTrue();

        proxy.CutNext(RedisScripts.Write);
        (await store.SetAsync(Key, Fenced(lease))).Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = 1 }, "it is written once");

        proxy.CutNext(RedisScripts.Release);
        await lease.ReleaseAsync(RefreshState.Alive);

        proxy.CutNext(RedisScripts.Advance);
        (await store.AdvanceEpochAsync(Key)).Should().BeGreaterThan(lease.Epoch);

        var last = (await store.TryTakeAsync(Key, LeaseTime))!;
        last.IsTakeover.Should().BeFalse();
        proxy.CutNext(RedisScripts.Write);
        (await last.WriteAsync(Fenced(last), left)).Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = 2 }, "it is written once");
        var next = (await store.TryTakeAsync(Key, LeaseTime))!;
        (next.IsTakeover, next.State).Should().Be((false, left), "the same script gave the lease back");

        proxy.CutNext(RedisScripts.Remove);
        (await store.RemoveAsync(Key, SecretCondition.WrittenBefore(next.Epoch, 9))).Should().BeTrue("it is removed, although nobody told us");
        proxy.Cut.Should().Be(7);
    }

    [RedisFact]
    public async Task A_write_that_must_not_be_repeated_says_that_nobody_knows()
    {
        await using var server = await RedisServer.StartAsync();
        await using var proxy = new ScriptProxy(server.Port);
        await using var redis = await server.ConnectAsync(proxy.Port);
        var store = new RedisSecretStore(redis, new RedisStoreOptions());
        await LoadScriptsAsync(redis);
        proxy.CutNext(RedisScripts.Write);

        var write = async () => await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Absent));

        var failure = (await write.Should().ThrowAsync<RedisStoreException>()).Which;
        (failure.IsOutcomeUnknown, failure.IsTransient).Should().Be((true, true));
        (await store.GetAsync(Key)).Should().NotBeNull("it was carried out");
    }

    private static SecretWrite Fenced(RefreshLease lease) => new("value"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1));

    private static async Task LoadScriptsAsync(StackExchange.Redis.ConnectionMultiplexer redis)
    {
        foreach (var script in RedisScripts.All)
        {
            await redis.GetDatabase().ExecuteAsync("SCRIPT", "LOAD", script.Text);
        }
    }
}
