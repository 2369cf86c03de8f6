using System.Data.Common;
using System.Globalization;

namespace TokenKit;

/// <summary>MySQL and MariaDB.</summary>
/// <remarks>
/// They carry out the assignments of an <c>UPDATE</c> from left to right, and each sees what those before it have set. Their binary
/// collation takes blanks at the end for nothing.
/// </remarks>
internal static class MySqlTexts
{
    public static SqlTexts Create() => new()
    {
        Name = "MySQL",

        // UNIX_TIMESTAMP(NOW(6)) goes through the time of the session's zone, in which an hour of autumn comes twice.
        Clock = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))",
        AffectedRows = "ROW_COUNT()",
        Quote = static name => $"`{name}`",

        // INSERT IGNORE would also pass over what is no double.
        InsertIfMissing = static table =>
            $"INSERT INTO {table} {StoreStatements.KeyColumnsAndValues} ON DUPLICATE KEY UPDATE key_hash = VALUES(key_hash)",
        IsSame = static (column, text) => $"({column} = {text} AND CHAR_LENGTH({column}) = CHAR_LENGTH({text}))",
        StartsWith = static (column, text) =>
            $"(LEFT({column}, CHAR_LENGTH({text})) = {text} AND CHAR_LENGTH({column}) >= CHAR_LENGTH({text}))",
        Limit = static count => $"LIMIT {count}",
        CreateTable = static (table, index) =>
            $"""
            CREATE TABLE IF NOT EXISTS {table} (
              key_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
              kind VARCHAR(32) NOT NULL,
              environment MEDIUMTEXT NOT NULL,
              name MEDIUMTEXT NOT NULL,
              subject MEDIUMTEXT NOT NULL,
              payload LONGBLOB,
              version BIGINT NOT NULL DEFAULT 0,
              epoch BIGINT NOT NULL DEFAULT 0,
              fence_epoch BIGINT NOT NULL DEFAULT 0,
              fence_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
              written_epoch BIGINT NOT NULL DEFAULT 0,
              written_seq BIGINT NOT NULL DEFAULT 0,
              written_at BIGINT,
              write_id CHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
              due_at BIGINT NOT NULL DEFAULT 9223372036854775807,
              expires_at BIGINT,
              lease_epoch BIGINT NOT NULL DEFAULT 0,
              lease_owner CHAR(32) CHARACTER SET ascii COLLATE ascii_bin,
              lease_until BIGINT,
              lease_is_takeover BIGINT NOT NULL DEFAULT 0,
              status VARCHAR(64) NOT NULL DEFAULT 'Alive',
              reason VARCHAR(64),
              fail_count BIGINT NOT NULL DEFAULT 0,
              not_before BIGINT,
              dead_grant TEXT,
              state_tag TEXT,
              INDEX {index} (due_at, key_hash)
            ) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
            """,
        Grant = static (table, user) => $"GRANT SELECT, INSERT, UPDATE ON {table} TO {Account(user)};",

        // MySqlConnector and MySql.Data alike.
        NumberOf = static exception => exception.Data["Server Error Code"] is { } number
            && Convert.ToInt32(number, CultureInfo.InvariantCulture) is > 0 and var known ? known : null,
        KindOf = static (number, _) => KindOf(number),
    };

    // 'user' or 'user'@'host', as a grant names whom it is for.
    private static string Account(string user)
    {
        var at = user.LastIndexOf('@');
        return at < 0 ? Quoted(user) : $"{Quoted(user[..at])}@{Quoted(user[(at + 1)..])}";
    }

    private static string Quoted(string text) => text.AsSpan().ContainsAny('\\', '\0')
        ? throw new ArgumentException("The name of a user has neither a backslash nor a NUL.", nameof(text))
        : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static StoreFailureKind? KindOf(int number) => number switch
    {
        // Lock wait timeout, deadlock; MariaDB says 1020 where a row has changed since a snapshot.
        1205 or 1213 or 1020 => StoreFailureKind.Refused,

        // Shutdown, aborted or killed connections, network errors, interrupted statements.
        1053 or 1077 or 1152 or 1158 or 1159 or 1160 or 1161 or 1184 or 1317 or 1927 or 2006 or 2013 or 3024 or 4031 =>
            StoreFailureKind.AnswerLost,

        // Too many connections, host not reachable, disk or table full, read-only, out of memory.
        1040 or 1042 or 1203 or 1226 or 2002 or 2003 or 1021 or 1114 or 1290 or 1836 or 1037 or 1038 or 1041 or 3100 =>
            StoreFailureKind.Unavailable,
        1146 => StoreFailureKind.TableMissing,
        1054 or 1072 => StoreFailureKind.TableWrong,
        1044 or 1045 or 1142 or 1143 => StoreFailureKind.Forbidden,
        _ => null,
    };
}
