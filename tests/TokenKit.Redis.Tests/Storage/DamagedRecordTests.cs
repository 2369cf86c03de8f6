using StackExchange.Redis;

namespace TokenKit.Redis.Tests;

/// <summary>Somebody has changed a hash to what the store never writes.</summary>
[Collection(RedisCollection.Name)]
public sealed class DamagedRecordTests(SharedRedis redis)
{
    private static readonly SecretKey Key = new("Test", "crm");

    [RedisTheory]
    [InlineData("version", "many")]
    [InlineData("version", "0")]
    [InlineData("version", "1e300")]
    [InlineData("written_at", "nan")]
    [InlineData("fence_epoch", "1.5")]
    [InlineData("lease_until", "-1")]
    [InlineData("state", "{")]
    public async Task Is_told_by_its_field_and_left_as_it_is(string field, string value)
    {
        var options = redis.NewOptions();
        var store = new RedisSecretStore(redis.First, options);
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        var name = new RedisNames(options.KeyPrefix).Of(Key);
        await redis.First.GetDatabase().HashSetAsync(name, field, value);

        for (var time = 1; time <= 2; time++)
        {
            var take = async () => await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1));
            await take.Should().ThrowAsync<SecretDamagedException>().WithMessage($"*'Test/crm'*'{field}'*");
        }

        ((string?)await redis.First.GetDatabase().HashGetAsync(name, field)).Should().Be(value);
    }

    [RedisFact]
    public async Task Another_type_is_damage_too_and_hides_nothing_else()
    {
        var options = redis.NewOptions();
        var store = new RedisSecretStore(redis.First, options);
        var other = new SecretKey("Test", "erp");
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        await store.SetAsync(other, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        await redis.First.GetDatabase().StringSetAsync(new RedisNames(options.KeyPrefix).Of(Key), "text");

        var read = async () => await store.GetAsync(Key);

        await read.Should().ThrowAsync<SecretDamagedException>().WithMessage("*'Test/crm'*");
        (await store.ListAsync(new SecretQuery { Environment = "Test" })).Secrets.Should().ContainSingle().Which.Key.Should().Be(other);
    }

    [RedisFact]
    public async Task A_member_of_a_list_whose_secret_is_gone_is_passed_over()
    {
        var options = redis.NewOptions();
        var store = new RedisSecretStore(redis.First, options);
        var names = new RedisNames(options.KeyPrefix);
        foreach (var subject in new[] { "1", "2", "3" })
        {
            await store.SetAsync(new SecretKey("Test", "crm", subject), new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        }

        await redis.First.GetDatabase().KeyDeleteAsync(names.Of(new SecretKey("Test", "crm", "1")));
        await redis.First.GetDatabase().SortedSetAddAsync(names.ListOf("Test", SecretKind.Secret), "of somebody else", 1);

        var first = await store.ListAsync(new SecretQuery { Environment = "Test", PageSize = 1 });
        var second = await store.ListAsync(new SecretQuery { Environment = "Test", PageSize = 1, Continuation = first.Continuation });

        first.Secrets.Concat(second.Secrets).Select(static secret => secret.Key.Subject).Should().Equal("2", "3");
    }

    [RedisFact]
    public async Task An_epoch_beyond_what_scripts_count_is_refused()
    {
        var store = new RedisSecretStore(redis.First, redis.NewOptions());

        var write = async () => await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(1L << 53, 1)));

        await write.Should().ThrowAsync<ArgumentOutOfRangeException>().WithMessage("*2^53*");
        var largest = RedisScripts.Largest - 1;
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(largest, RedisScripts.Largest)));
        var entry = (await store.GetAsync(Key))!;
        (entry.WrittenEpoch, entry.WrittenSequence).Should().Be((largest, RedisScripts.Largest));
    }
}
