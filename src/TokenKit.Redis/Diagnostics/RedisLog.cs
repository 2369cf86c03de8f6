using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>The log messages of the store in Redis.</summary>
internal static partial class RedisLog
{
    [LoggerMessage(RedisEventIds.EvictionNotReadable, LogLevel.Warning,
        "Redis does not say what it does when its memory is full, because INFO memory is not allowed or not known. Make sure that maxmemory-policy is 'noeviction' or begins with 'volatile-': otherwise refresh tokens are evicted that nobody can get again.",
        EventName = nameof(RedisEventIds.EvictionNotReadable))]
    public static partial void EvictionNotReadable(this ILogger logger);

    [LoggerMessage(RedisEventIds.ForgetsSinceSnapshot, LogLevel.Warning,
        "Redis keeps no append-only file (appendonly no): a crash loses what was written since its last snapshot, and with it every refresh token that was rotated since then. Set 'appendonly yes' and 'appendfsync always', or keep only tokens here that credentials can get again.",
        EventName = nameof(RedisEventIds.ForgetsSinceSnapshot))]
    public static partial void ForgetsSinceSnapshot(this ILogger logger);

    [LoggerMessage(RedisEventIds.ForgetsSeconds, LogLevel.Warning,
        "Redis may write to its disk only now and then (appendfsync {Fsync}): a crash then loses about the last second, and with it every refresh token that was rotated in it. Set 'appendfsync always', or RedisStoreOptions.WaitForDisk with Redis 7.2 or newer. Where it could not be read, allow CONFIG GET to the user and allowAdmin to the connection, or pass this over.",
        EventName = nameof(RedisEventIds.ForgetsSeconds))]
    public static partial void ForgetsSeconds(this ILogger logger, string fsync);

    [LoggerMessage(RedisEventIds.NotConfirmed, LogLevel.Warning,
        "A write of '{Secret}' to Redis counts although {Confirmed} of {Wanted} confirmed it ({Command}, within {Milliseconds} ms): a failover or a crash now could lose it. Look at the replicas and the disk of the server; WAITAOF needs Redis 7.2.",
        EventName = nameof(RedisEventIds.NotConfirmed))]
    public static partial void NotConfirmed(this ILogger logger, string secret, long confirmed, int wanted, string command, long milliseconds);

    [LoggerMessage(RedisEventIds.SubscriptionFailed, LogLevel.Warning,
        "The changes of other processes are not heard, because SUBSCRIBE failed. Tokens that others refresh are found when the store is next read. Look at the connection and at the channels that its user may use, or switch NotifyChanges off.",
        EventName = nameof(RedisEventIds.SubscriptionFailed))]
    public static partial void SubscriptionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(RedisEventIds.ForeignNotice, LogLevel.Debug,
        "A notice of a change does not open with the keys at hand and was passed over. Somebody else sent it, or a process whose current key is not in this one's ring. This is said once.",
        EventName = nameof(RedisEventIds.ForeignNotice))]
    public static partial void ForeignNotice(this ILogger logger);
}
