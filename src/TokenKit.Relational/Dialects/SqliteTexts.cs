using System.Data.Common;
using System.Globalization;

namespace TokenKit;

/// <summary>SQLite: one writer at a time, who is waited for.</summary>
internal static class SqliteTexts
{
    private const string Prefix = "SQLite Error ";

    // The extended code has it in its lowest byte.
    private const int ResultCode = 0xff;

    public static SqlTexts Create() => new()
    {
        Name = "SQLite",

        // To the millisecond, as SQLite has it, in every version of it.
        Clock = "(CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000)",
        AffectedRows = "changes()",
        Quote = static name => $"\"{name}\"",
        IsIndexInSchema = true,
        InsertIfMissing = static table => $"INSERT OR IGNORE INTO {table} {StoreStatements.KeyColumnsAndValues}",
        IsSame = static (column, text) => $"{column} = {text}",
        StartsWith = static (column, text) => $"substr({column}, 1, length({text})) = {text}",
        Limit = static count => $"LIMIT {count}",
        CreateTable = static (table, index) =>
            $"""
            CREATE TABLE IF NOT EXISTS {table} (
              key_hash TEXT NOT NULL PRIMARY KEY,
              kind TEXT NOT NULL,
              environment TEXT NOT NULL,
              name TEXT NOT NULL,
              subject TEXT NOT NULL,
              payload BLOB,
              version INTEGER NOT NULL DEFAULT 0,
              epoch INTEGER NOT NULL DEFAULT 0,
              fence_epoch INTEGER NOT NULL DEFAULT 0,
              fence_id TEXT,
              written_epoch INTEGER NOT NULL DEFAULT 0,
              written_seq INTEGER NOT NULL DEFAULT 0,
              written_at INTEGER,
              write_id TEXT,
              due_at INTEGER NOT NULL DEFAULT 9223372036854775807,
              expires_at INTEGER,
              lease_epoch INTEGER NOT NULL DEFAULT 0,
              lease_owner TEXT,
              lease_until INTEGER,
              lease_is_takeover INTEGER NOT NULL DEFAULT 0,
              status TEXT NOT NULL DEFAULT 'Alive',
              reason TEXT,
              fail_count INTEGER NOT NULL DEFAULT 0,
              not_before INTEGER,
              dead_grant TEXT,
              state_tag TEXT
            );
            CREATE INDEX IF NOT EXISTS {index} ON {table.AsSpan(table.LastIndexOf('.') + 1)} (due_at, key_hash);
            """,
        Grant = null,

        // A commit that the disk has not got would lose a refresh token that the server has already replaced.
        ConnectionSetup = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;",
        DatabaseSetup = "PRAGMA journal_mode = WAL;",

        NumberOf = static exception => NumberIn(exception.Message)
            ?? (exception.ErrorCode is > 0 and < 1 << 16 ? exception.ErrorCode & ResultCode : null),
        KindOf = KindOf,
    };

    // Microsoft.Data.Sqlite tells the code in a property of its own type, and in its text: "SQLite Error 5: 'database is locked'."
    private static int? NumberIn(string message)
    {
        if (!message.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = message.AsSpan(Prefix.Length);
        var end = rest.IndexOf(':');
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number & ResultCode
            : null;
    }

    private static StoreFailureKind? KindOf(int number, DbException exception) => number switch
    {
        // SQLITE_BUSY, SQLITE_LOCKED.
        5 or 6 => StoreFailureKind.Refused,

        // SQLITE_NOMEM, SQLITE_READONLY, SQLITE_INTERRUPT, SQLITE_IOERR, SQLITE_FULL, SQLITE_PROTOCOL.
        7 or 8 or 9 or 10 or 13 or 15 => StoreFailureKind.Unavailable,

        // SQLITE_ERROR stands for many things; its text is read and never told.
        1 when exception.Message.Contains("no such table", StringComparison.Ordinal) => StoreFailureKind.TableMissing,
        1 when exception.Message.Contains("no such column", StringComparison.Ordinal)
            || exception.Message.Contains("has no column named", StringComparison.Ordinal) => StoreFailureKind.TableWrong,

        // SQLITE_PERM, SQLITE_AUTH.
        3 or 23 => StoreFailureKind.Forbidden,

        // SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_NOTADB and the rest.
        _ => StoreFailureKind.Misconfigured,
    };
}
