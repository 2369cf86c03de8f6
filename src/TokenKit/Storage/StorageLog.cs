using Microsoft.Extensions.Logging;

namespace TokenKit.Storage;

/// <summary>The log messages of the stores: ids 1300 to 1399.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(
        EventId = 1310, EventName = "KeySealedVeryManyRecords", Level = LogLevel.Warning,
        Message = "The key '{KeyId}' has sealed {Count} records in this process. A key must not seal more than 4294967296 over all processes together: put a new key in front of the ring.")]
    public static partial void KeySealedVeryManyRecords(this ILogger logger, string keyId, long count);

    [LoggerMessage(
        EventId = 1311, EventName = "LeftoverFilesSwept", Level = LogLevel.Debug,
        Message = "Removed {Count} unfinished files that writers left in {Directory} when they died. Nothing is lost: an unfinished write was never in force.")]
    public static partial void LeftoverFilesSwept(this ILogger logger, int count, string directory);
}
