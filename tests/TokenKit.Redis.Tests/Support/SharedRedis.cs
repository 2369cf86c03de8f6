using System.Globalization;
using StackExchange.Redis;

namespace TokenKit.Redis.Tests;

/// <summary>One server for many tests, and two connections to it, as two processes would have. Each store has a prefix of its own.</summary>
public sealed class SharedRedis : IAsyncLifetime
{
    private int _prefixes;

    public RedisServer Server { get; private set; } = null!;

    public ConnectionMultiplexer First { get; private set; } = null!;

    public ConnectionMultiplexer Second { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (RedisServer.Missing is null)
        {
            Server = await RedisServer.StartAsync("--appendonly", "no");
            (First, Second) = (await Server.ConnectAsync(), await Server.ConnectAsync());
        }
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
        {
            await First.DisposeAsync();
            await Second.DisposeAsync();
            await Server.DisposeAsync();
        }
    }

    public RedisStoreOptions NewOptions() =>
        new() { KeyPrefix = "test" + Interlocked.Increment(ref _prefixes).ToString(CultureInfo.InvariantCulture) };
}

[CollectionDefinition(Name)]
public sealed class RedisCollection : ICollectionFixture<SharedRedis>
{
    public const string Name = "Redis";
}
