using StackExchange.Redis;
using TokenKit.Testing;

namespace TokenKit.Redis.Tests;

[Collection(RedisCollection.Name)]
public sealed class RedisSecretStoreContractTests(SharedRedis redis) : SecretStoreContract
{
    public static TheoryData<string> Names => [.. new RedisSecretStoreContractTests(null!).Checks.Select(static check => check.Name)];

    [RedisTheory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract_over_two_connections(string name) => Checks.Single(check => check.Name == name).RunAsync();

    protected override ValueTask<StoreUnderTest> OpenAsync()
    {
        var options = redis.NewOptions();
        return new(new StoreUnderTest
        {
            Store = new RedisSecretStore(redis.First, options),
            Second = new RedisSecretStore(redis.Second, options),
            LoseLease = async _ => await redis.First.EndLeasesAsync(options.KeyPrefix),
        });
    }
}

/// <summary>The same behind the store that seals, as <c>UseRedis</c> makes it.</summary>
[Collection(RedisCollection.Name)]
public sealed class SealedRedisContractTests(SharedRedis redis) : SecretStoreContract
{
    public static TheoryData<string> Names => [.. new SealedRedisContractTests(null!).Checks.Select(static check => check.Name)];

    [RedisTheory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract_sealed(string name) => Checks.Single(check => check.Name == name).RunAsync();

    protected override ValueTask<StoreUnderTest> OpenAsync()
    {
        var options = redis.NewOptions();
        return new(new StoreUnderTest
        {
            Store = SealedSecretStore.Around(new RedisSecretStore(redis.First, options), TestKeys.Protector()),
            Second = SealedSecretStore.Around(new RedisSecretStore(redis.Second, options), TestKeys.Protector()),
            LoseLease = async _ => await redis.First.EndLeasesAsync(options.KeyPrefix),
        });
    }
}

internal static class Leases
{
    /// <summary>Lets all leases of a prefix run out.</summary>
    public static async Task EndLeasesAsync(this IConnectionMultiplexer multiplexer, string prefix)
    {
        await foreach (var key in multiplexer.GetServers()[0].KeysAsync(pattern: $"{{{prefix}:*"))
        {
            if (await multiplexer.GetDatabase().KeyTypeAsync(key) is RedisType.Hash)
            {
                await multiplexer.GetDatabase().HashSetAsync(key, "lease_until", "1");
            }
        }
    }
}
