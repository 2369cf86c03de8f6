using StackExchange.Redis;

namespace TokenKit.Redis.Tests;

[Collection(RedisCollection.Name)]
public sealed class ChangeNoticeTests(SharedRedis redis)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly SecretKey Key = new("Test", "crm\n\ud800", "shop 7") { Kind = SecretKind.TokenSet };

    [RedisFact]
    public async Task A_fenced_write_and_a_removal_are_heard_by_another_process_and_read_by_nobody_else()
    {
        var options = redis.NewOptions();
        options.NotifyChanges = true;
        var writer = new RedisSecretStore(redis.First, options, TestKeys.Protector());
        var hearer = new RedisSecretStore(redis.Second, options, TestKeys.Protector());
        var heard = System.Threading.Channels.Channel.CreateUnbounded<SecretChange>();
        var overheard = System.Threading.Channels.Channel.CreateUnbounded<RedisValue>();
        await redis.Second.GetSubscriber().SubscribeAsync(RedisChannel.Literal(options.KeyPrefix + ":changes"), (_, notice) => overheard.Writer.TryWrite(notice));
        using var subscription = hearer.Subscribe(change => heard.Writer.TryWrite(change));

        // Of somebody who has not the key: passed over.
        await redis.First.GetSubscriber().PublishAsync(RedisChannel.Literal(options.KeyPrefix + ":changes"), "removed");
        await writer.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(1, 2)));
        await writer.RemoveAsync(Key, SecretCondition.Any);

        using var deadline = new CancellationTokenSource(Patience);
        var written = new SecretChange { Key = Key, WrittenEpoch = 1, WrittenSequence = 2 };

        // The connection calls handlers in no order.
        (await TakeAsync(heard, 2, deadline.Token)).Should().BeEquivalentTo([written, written with { IsRemoved = true }]);
        (await TakeAsync(overheard, 3, deadline.Token)).Select(static notice => notice.ToString()).Should().OnlyContain(static notice => !notice.Contains("crm", StringComparison.Ordinal));
    }

    private static async Task<List<T>> TakeAsync<T>(System.Threading.Channels.Channel<T> channel, int count, CancellationToken cancellationToken)
    {
        List<T> taken = [];
        while (taken.Count < count)
        {
            taken.Add(await channel.Reader.ReadAsync(cancellationToken));
        }

        return taken;
    }
}
