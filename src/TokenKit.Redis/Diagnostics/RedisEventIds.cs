namespace TokenKit;

/// <summary>
/// The ids of the package's log messages: 1360 to 1379, of the range of the stores. An id never changes its meaning once it is
/// released, and is never used again; its name is the name of the event.
/// </summary>
internal static class RedisEventIds
{
    public const int EvictionNotReadable = 1360;
    public const int ForgetsSinceSnapshot = 1361;
    public const int ForgetsSeconds = 1362;
    public const int NotConfirmed = 1363;
    public const int SubscriptionFailed = 1364;
    public const int ForeignNotice = 1365;
}
