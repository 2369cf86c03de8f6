using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>The log messages of the store in PostgreSQL.</summary>
internal static partial class PostgreSqlLog
{
    [LoggerMessage(PostgreSqlEventIds.ChangesNotHeard, LogLevel.Warning,
        "The changes of other processes to {Table} are not heard, because LISTEN failed. Tokens that others refresh are found when the store is next read. Listening is tried again, at most 30 seconds apart. Look at the database and its connections, or switch NotifyChanges off.",
        EventName = nameof(PostgreSqlEventIds.ChangesNotHeard))]
    public static partial void ChangesNotHeard(this ILogger logger, Exception exception, string table);

    [LoggerMessage(PostgreSqlEventIds.ChangesHeardAgain, LogLevel.Information,
        "The changes of other processes to {Table} are heard again.",
        EventName = nameof(PostgreSqlEventIds.ChangesHeardAgain))]
    public static partial void ChangesHeardAgain(this ILogger logger, string table);

    [LoggerMessage(PostgreSqlEventIds.NoticeNotOpened, LogLevel.Debug,
        "A notice of a change to {Table} does not open with the keys at hand and was passed over. Somebody else sent it, or a process whose current key is not in this one's ring. This is said once.",
        EventName = nameof(PostgreSqlEventIds.NoticeNotOpened))]
    public static partial void NoticeNotOpened(this ILogger logger, string table);
}
