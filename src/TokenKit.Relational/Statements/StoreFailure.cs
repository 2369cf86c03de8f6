using System.Data.Common;
using System.Globalization;

namespace TokenKit;

/// <summary>What went wrong with a step, as far as the store must tell things apart.</summary>
internal enum StoreFailureKind
{
    /// <summary>It was not carried out and may be at once: a deadlock, a lock not had in time, another writer.</summary>
    Refused,

    /// <summary>The connection was lost before the answer came: nobody knows whether it was carried out.</summary>
    AnswerLost,

    /// <summary>The database cannot now: starting, stopping, full, read-only. Nothing was carried out.</summary>
    Unavailable,

    /// <summary>There is no such table.</summary>
    TableMissing,

    /// <summary>The table is not the one that the store made.</summary>
    TableWrong,

    /// <summary>The user of the data source may not.</summary>
    Forbidden,

    /// <summary>It cannot work until somebody does something else.</summary>
    Misconfigured,
}

/// <summary>Sorts what drivers throw, and says it without quoting rows or parameters.</summary>
internal static class StoreFailure
{
    /// <summary>Whether it is a driver's or a connection's way to say that something failed.</summary>
    public static bool Is(Exception exception) => exception is DbException or IOException or System.Net.Sockets.SocketException or TimeoutException;

    public static StoreFailureKind KindOf(SqlTexts dialect, Exception exception, bool wasSent)
    {
        var lost = wasSent ? StoreFailureKind.AnswerLost : StoreFailureKind.Unavailable;
        if (exception is not DbException database || dialect.NumberOf(database) is not { } number)
        {
            // No server had a say: the connection could not be made, or it ended.
            return lost;
        }

        return dialect.KindOf(number, database) switch
        {
            StoreFailureKind.AnswerLost => lost,
            { } kind => kind,
            null when database.IsTransient => lost,
            null => StoreFailureKind.Misconfigured,
        };
    }

    public static RelationalStoreException Describe(
        SqlTexts dialect, Exception exception, StoreFailureKind kind, string what, SecretKey? key, string table)
    {
        var number = exception is DbException database ? dialect.NumberOf(database) : null;
        var of = key is null ? "" : $" '{key}'";
        var reason = number is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (error {number})");
        var advice = kind switch
        {
            StoreFailureKind.TableMissing =>
                $"The table {table} is missing. Run what RelationalSchema.CreateScript returns for {dialect.Name}, call RelationalSecretStore.CreateSchemaAsync, or set CreateSchema for development.",
            StoreFailureKind.TableWrong =>
                $"The table {table} has not the columns it must have; it was made by something else, or by another version. Rename it, and run what RelationalSchema.CreateScript returns for {dialect.Name}.",
            StoreFailureKind.Forbidden =>
                $"The user of the data source may not do this. Run what RelationalSchema.GrantScript returns for it, as the owner of {table}; for SQLite, see who may write the file and its folder.",
            StoreFailureKind.Misconfigured => "It will not work before the database or the data source is changed; see the database's log.",
            StoreFailureKind.AnswerLost => "The connection was lost before the answer came.",
            StoreFailureKind.Refused => "Others were at the same row or table; it is tried again.",
            _ => "The database cannot be reached, or cannot write now; it is tried again.",
        };
        return new RelationalStoreException($"{dialect.Name} could not {what}{of}{reason}. {advice}", number is null ? exception : null)
        {
            ErrorNumber = number,
            IsTransient = kind is StoreFailureKind.Refused or StoreFailureKind.AnswerLost or StoreFailureKind.Unavailable,
            IsOutcomeUnknown = kind is StoreFailureKind.AnswerLost,
        };
    }
}
