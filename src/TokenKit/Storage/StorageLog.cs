using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;

namespace TokenKit.Storage;

/// <summary>The log messages of the stores.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(EventIds.KeySealedVeryManyRecords, LogLevel.Warning,
        "The key '{KeyId}' has sealed {Count} records in this process. All processes together must not seal more than 4294967296 records with one key. Put a new key in front of the ring.",
        EventName = nameof(EventIds.KeySealedVeryManyRecords))]
    public static partial void KeySealedVeryManyRecords(this ILogger logger, string keyId, long count);

    [LoggerMessage(EventIds.LeftoverFilesSwept, LogLevel.Debug,
        "{Count} unfinished files were removed from {Directory}. Writers left them there when they died. Nothing is lost, because an unfinished write never counts.",
        EventName = nameof(EventIds.LeftoverFilesSwept))]
    public static partial void LeftoverFilesSwept(this ILogger logger, int count, string directory);
}
