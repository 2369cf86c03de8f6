using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace TokenKit.Redis.Tests;

/// <summary>The rights that docs/stores.md names are enough, and without them a message says so.</summary>
public sealed partial class LeastPrivilegeTests
{
    private const string Password = "for-tests";

    private static readonly SecretKey Key = new("Test", "crm");

    [RedisFact]
    public async Task The_rule_of_the_page_is_enough()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "stores.md"));
        var rule = Rule().Match(page).Groups[1].Value.Replace("PASSWORD", Password, StringComparison.Ordinal);
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await using var redis = await ConnectAsync(server, rule);
        var log = new NotedEvents();
        var options = new RedisStoreOptions { NotifyChanges = true, WaitForReplicas = 1, WaitTimeout = TimeSpan.FromMilliseconds(20) };
        var store = new RedisSecretStore(redis, options, TestKeys.Protector(), log);
        using var subscription = store.Subscribe(static _ => { });

        var lease = (await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1)))!;
        await lease.RenewAsync(TimeSpan.FromMinutes(1));
        await lease.WriteAsync(new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1)), RefreshState.Alive);
        await lease.ReleaseAsync(RefreshState.Alive);
        await store.AdvanceEpochAsync(Key);
        (await store.ListAsync(new SecretQuery { Environment = "Test" })).Secrets.Should().ContainSingle();
        (await store.GetAsync(Key)).Should().NotBeNull();
        (await store.RemoveAsync(Key, SecretCondition.Any)).Should().BeTrue();

        log.Ids.Should().Equal([RedisEventIds.NotConfirmed], "everything could be looked at, and there is no replica");
    }

    [RedisFact]
    public async Task A_right_that_is_missing_is_no_trouble_that_passes()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await ConnectAsync(server, $"on >{Password} ~other* +@all");
        var store = new RedisSecretStore(redis, new RedisStoreOptions());

        var read = async () => await store.GetAsync(Key);

        var failure = (await read.Should().ThrowAsync<RedisStoreException>().WithMessage("*ACL*")).Which;
        (failure.ErrorCode, failure.IsTransient).Should().Be(("NOPERM", false));
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(RedisServer server, string rule)
    {
        await using var admin = await server.ConnectAsync();
        await admin.GetServers()[0].ExecuteAsync("ACL", ["SETUSER", "tokenkit", .. rule.Split(' ')]);
        return await ConnectionMultiplexer.ConnectAsync(
            new ConfigurationOptions { EndPoints = { { "127.0.0.1", server.Port } }, User = "tokenkit", Password = Password, AbortOnConnectFail = false, AllowAdmin = true });
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "TokenKit.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }

    [GeneratedRegex(@"^    user tokenkit (.*)$", RegexOptions.Multiline)]
    private static partial Regex Rule();
}
