using System.Globalization;

namespace TokenKit;

/// <summary>SQL Server. Nobody has run it yet; its statements are parsed in a test.</summary>
internal static class SqlServerTexts
{
    public static SqlTexts Create() => new()
    {
        Name = "SQL Server",
        Clock = "DATEDIFF_BIG(MICROSECOND, CAST('19700101' AS datetime2), SYSUTCDATETIME())",
        AffectedRows = "@@ROWCOUNT",
        Quote = static name => $"[{name}]",

        // The locks are those of the statement: of two that find no row the second waits for the first.
        InsertIfMissing = static table =>
            $"""
            INSERT INTO {table} {StoreStatements.KeyColumns}
            SELECT {StoreStatements.KeyValues} WHERE NOT EXISTS (SELECT 1 FROM {table} WITH (UPDLOCK, HOLDLOCK) WHERE key_hash = @key)
            """,
        IsSame = static (column, text) => $"({column} = {text} AND DATALENGTH({column}) = DATALENGTH({text}))",
        StartsWith = static (column, text) =>
            $"(LEFT({column}, DATALENGTH({text}) / 2) = {text} AND DATALENGTH({column}) >= DATALENGTH({text}))",
        Limit = static count => $"OFFSET 0 ROWS FETCH NEXT {count} ROWS ONLY",
        CreateTable = static (table, index) =>
            $"""
            IF OBJECT_ID(N'{table}', N'U') IS NULL
            CREATE TABLE {table} (
              key_hash char(64) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
              kind nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
              environment nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
              name nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
              subject nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
              payload varbinary(max),
              version bigint NOT NULL DEFAULT 0,
              epoch bigint NOT NULL DEFAULT 0,
              fence_epoch bigint NOT NULL DEFAULT 0,
              fence_id char(32) COLLATE Latin1_General_100_BIN2,
              written_epoch bigint NOT NULL DEFAULT 0,
              written_seq bigint NOT NULL DEFAULT 0,
              written_at bigint,
              write_id char(32) COLLATE Latin1_General_100_BIN2,
              due_at bigint NOT NULL DEFAULT 9223372036854775807,
              expires_at bigint,
              lease_epoch bigint NOT NULL DEFAULT 0,
              lease_owner char(32) COLLATE Latin1_General_100_BIN2,
              lease_until bigint,
              lease_is_takeover bigint NOT NULL DEFAULT 0,
              status nvarchar(64) NOT NULL DEFAULT N'Alive',
              reason nvarchar(64),
              fail_count bigint NOT NULL DEFAULT 0,
              not_before bigint,
              dead_grant nvarchar(max),
              state_tag nvarchar(max),
              INDEX {index} (due_at, key_hash)
            );
            """,
        Grant = static (table, user) => user.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("The name of a user has no NUL.", nameof(user))
            : $"GRANT SELECT, INSERT, UPDATE ON {table} TO [{user.Replace("]", "]]", StringComparison.Ordinal)}];",

        // The driver leaves the number here for whoever does not know its types.
        NumberOf = static exception =>
            int.TryParse(exception.Data["HelpLink.EvtID"] as string, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : null,
        KindOf = static (number, _) => number switch
        {
            // Deadlock, lock request timeout, snapshot conflict.
            1205 or 1222 or 3960 => StoreFailureKind.Refused,

            // Timeouts, transport errors, shutdown, and what Azure says while it moves a database.
            -2 or -1 or 2 or 20 or 53 or 64 or 121 or 233 or 10053 or 10054 or 10060 or 6005 or 40197 or 40143 =>
                StoreFailureKind.AnswerLost,
            40501 or 40613 or 4060 or 49918 or 49919 or 49920 or 10928 or 10929 or 701 or 1105 or 9002 or 3906 or 983 =>
                StoreFailureKind.Unavailable,
            208 => StoreFailureKind.TableMissing,
            207 => StoreFailureKind.TableWrong,
            229 or 230 or 916 or 18456 => StoreFailureKind.Forbidden,
            _ => null,
        },
    };
}
