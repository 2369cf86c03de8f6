using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TokenKit;

/// <summary>Tells other processes of changes, sealed, and hears theirs. A hint: nothing waits for it and nothing depends on it.</summary>
internal sealed class ChangeNotices(IConnectionMultiplexer multiplexer, RedisNames names, ISecretProtector protector, ILogger? logger)
{
    private const int Parts = 7;

    private readonly byte[] _place = Encoding.UTF8.GetBytes($"tokenkit/redis/notice/{names.Prefix}");
    private int _isForeignSaid;

    public void Tell(SecretChange change)
    {
        var notice = protector.Protect(Encoding.ASCII.GetBytes(TextOf(change)), _place);
        try
        {
            multiplexer.GetSubscriber().Publish(names.Changes, notice, CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException || RedisFailure.IsOfConnection(exception))
        {
            // It is written all the same.
        }
    }

    public IDisposable Subscribe(Action<SecretChange> changed)
    {
        void Hear(RedisChannel channel, RedisValue notice)
        {
            if (Open(notice) is { } change)
            {
                changed(change);
            }
        }

        // The connection subscribes again by itself where it was lost.
        _ = ListenAsync(Hear);
        return new Subscription(multiplexer, names.Changes, Hear);
    }

    private async Task ListenAsync(Action<RedisChannel, RedisValue> hear)
    {
        try
        {
            await multiplexer.GetSubscriber().SubscribeAsync(names.Changes, hear).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException || RedisFailure.IsOfConnection(exception))
        {
            logger?.SubscriptionFailed(exception);
        }
    }

    private SecretChange? Open(RedisValue notice)
    {
        try
        {
            return Read(Encoding.ASCII.GetString(protector.Unprotect((byte[]?)notice ?? [], _place)));
        }
        catch (Exception exception) when (exception is SecretDamagedException or CryptographicException)
        {
            if (Interlocked.Exchange(ref _isForeignSaid, 1) == 0)
            {
                logger?.ForeignNotice();
            }

            return null;
        }
    }

    private static string TextOf(SecretChange change) => string.Join(
        '\n',
        change.Key.Kind.ToString(), PlainText.Encode(change.Key.Environment), PlainText.Encode(change.Key.Name), PlainText.Encode(change.Key.Subject),
        ConditionText.Text(change.WrittenEpoch), ConditionText.Text(change.WrittenSequence), change.IsRemoved ? "removed" : "written");

    private static SecretChange? Read(string text) =>
        text.Split('\n') is { Length: Parts } parts && Enum.TryParse<SecretKind>(parts[0], out var kind)
            && PlainText.Decode(parts[1]) is { } environment && PlainText.Decode(parts[2]) is { } name && PlainText.Decode(parts[3]) is { } subject
            && long.TryParse(parts[4], CultureInfo.InvariantCulture, out var epoch) && long.TryParse(parts[5], CultureInfo.InvariantCulture, out var sequence)
            ? new SecretChange { Key = new SecretKey(environment, name, subject) { Kind = kind }, WrittenEpoch = epoch, WrittenSequence = sequence, IsRemoved = parts[6] == "removed" }
            : null;

    private sealed class Subscription(IConnectionMultiplexer multiplexer, RedisChannel channel, Action<RedisChannel, RedisValue> hear) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                multiplexer.GetSubscriber().Unsubscribe(channel, hear, CommandFlags.FireAndForget);
            }
            catch (Exception exception) when (exception is RedisException || RedisFailure.IsOfConnection(exception))
            {
                // The connection is gone, and the subscription with it.
            }
        }
    }
}
