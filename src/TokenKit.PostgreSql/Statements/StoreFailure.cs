using System.Globalization;
using Npgsql;

namespace TokenKit;

/// <summary>What went wrong with a statement, as far as the store must tell things apart.</summary>
internal enum StoreFailureKind
{
    /// <summary>It was not carried out and may be at once: a deadlock, a serialization failure, a lock not had in time.</summary>
    Refused,

    /// <summary>The connection was lost before the answer came: nobody knows whether it was carried out.</summary>
    AnswerLost,

    /// <summary>The server cannot now: starting, stopping, full, or only following another. Nothing was carried out.</summary>
    Unavailable,

    /// <summary>It cannot work until somebody does something: no table, no right, another database.</summary>
    Misconfigured,
}

/// <summary>Sorts what Npgsql throws, and says it without quoting rows or parameters.</summary>
internal static class StoreFailure
{
    public static StoreFailureKind KindOf(NpgsqlException exception, bool wasSent) => exception switch
    {
        PostgresException server => KindOf(server.SqlState, wasSent),

        // No server had a say: the connection could not be made, or it ended.
        _ => wasSent ? StoreFailureKind.AnswerLost : StoreFailureKind.Unavailable,
    };

    public static PostgreSqlStoreException Describe(NpgsqlException exception, StoreFailureKind kind, string what, SecretKey? key, string table)
    {
        var server = exception as PostgresException;
        var of = key is null ? "" : $" '{key}'";
        var reason = server is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (SQLSTATE {server.SqlState})");
        var advice = (kind, server?.SqlState) switch
        {
            (_, "42P01" or "3F000") =>
                $"The table {table} is missing. Run PostgreSqlSchema.CreateScript() as its owner, call PostgreSqlSecretStore.CreateSchemaAsync, or set CreateSchema for development.",
            (_, "42703") => $"The table {table} has not the columns it must have; it was made by something else, or by another version.",
            (_, "42501") => $"The role of the data source may not do this. Run PostgreSqlSchema.GrantScript for it, as the owner of {table}.",
            (_, "25006") => "The server only follows another, or the role is read-only. Let the data source choose the primary: 'Target Session Attributes=primary'.",
            (_, "22P05" or "22021") => "The database is not encoded in UTF-8 and cannot hold the key. Use one that is.",
            (StoreFailureKind.Misconfigured, _) => "It will not work before the database or the data source is changed; see the server's log.",
            (StoreFailureKind.AnswerLost, _) => "The connection was lost before the answer came.",
            (StoreFailureKind.Refused, _) => "Others were at the same row or table; it is tried again.",
            _ => "The server cannot be reached or cannot answer now; it is tried again.",
        };
        return new PostgreSqlStoreException($"PostgreSQL could not {what}{of}{reason}. {advice}", server is null ? exception : null)
        {
            SqlState = server?.SqlState,
            IsTransient = kind is not StoreFailureKind.Misconfigured,
            IsOutcomeUnknown = kind is StoreFailureKind.AnswerLost,
        };
    }

    private static StoreFailureKind KindOf(string state, bool wasSent) => state switch
    {
        // A transaction is one statement, so what was refused was refused whole.
        "40001" or "40P01" or "55P03" => StoreFailureKind.Refused,

        // The backend was told to end; its last words may have come after the commit (57P01 admin_shutdown, 57P02
        // crash_shutdown, 57P05 idle_session_timeout). 40003 says so itself; 08xxx are losses of the connection.
        "57P01" or "57P02" or "57P05" or "40003" => wasSent ? StoreFailureKind.AnswerLost : StoreFailureKind.Unavailable,
        _ when state.StartsWith("08", StringComparison.Ordinal) => wasSent ? StoreFailureKind.AnswerLost : StoreFailureKind.Unavailable,

        // 57P03 cannot_connect_now, 57014 query_canceled (statement_timeout), 25006 a server that follows another,
        // 53xxx insufficient resources, 58xxx the system's own errors, XX000 of a pooler that lost its server.
        "57P03" or "57014" or "25006" or "XX000" => StoreFailureKind.Unavailable,
        _ when state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("58", StringComparison.Ordinal) => StoreFailureKind.Unavailable,
        _ => StoreFailureKind.Misconfigured,
    };
}
