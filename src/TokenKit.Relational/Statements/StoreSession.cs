using System.Data;
using System.Data.Common;
using System.Security.Cryptography;

namespace TokenKit;

/// <summary>Carries out one step on a connection that is held for that step alone.</summary>
/// <remarks>
/// A refusal, and a loss of the connection where doing it twice is harmless, are tried again a few times within a second; who asks decides
/// about longer troubles.
/// </remarks>
internal sealed class StoreSession(DbDataSource dataSource, SqlTexts dialect, RelationalStoreOptions options, string table)
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly int _timeoutSeconds = (int)options.CommandTimeout.TotalSeconds;
    private volatile bool _isSetUp = dialect.DatabaseSetup is null;

    /// <summary>As <see cref="RowsAsync"/>, for a step that answers with one row or none.</summary>
    public async ValueTask<(T? Row, bool WasRepeated)> RowAsync<T>(
        StoreStatement statement, SecretKey? key, Action<DbCommand> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var (rows, wasRepeated) = await RowsAsync(statement, key, parameters, read, cancellationToken).ConfigureAwait(false);
        return (rows.Count > 0 ? rows[0] : default, wasRepeated);
    }

    /// <summary>Carries out a step and reads the rows of its answer.</summary>
    /// <returns>The rows, and whether an earlier attempt may have been carried out.</returns>
    /// <exception cref="RelationalStoreException">It did not work.</exception>
    public async ValueTask<(List<T> Rows, bool WasRepeated)> RowsAsync<T>(
        StoreStatement statement, SecretKey? key, Action<DbCommand> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var began = TimeProvider.System.GetTimestamp();
        var wasRepeated = false;
        for (var attempt = 1; ; attempt++)
        {
            var wasSent = false;
            try
            {
                var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    await SetUpAsync(connection, cancellationToken).ConfigureAwait(false);
                    var command = Command(connection, statement.Sql);
                    await using (command.ConfigureAwait(false))
                    {
                        parameters(command);
                        wasSent = true;
                        return (await ReadAsync(command, read, cancellationToken).ConfigureAwait(false), wasRepeated);
                    }
                }
            }
            catch (Exception exception) when (StoreFailure.Is(exception))
            {
                // Some drivers say so when they were cancelled.
                cancellationToken.ThrowIfCancellationRequested();
                var kind = StoreFailure.KindOf(dialect, exception, wasSent);
                var mayRepeat = kind is StoreFailureKind.Refused || (kind is StoreFailureKind.AnswerLost && statement.IsRepeatable);
                if (!mayRepeat || attempt == Attempts || TimeProvider.System.GetElapsedTime(began) > Patience)
                {
                    throw StoreFailure.Describe(dialect, exception, kind, statement.What, key, table);
                }

                // The second statement of a command may have been refused when the first had been carried out.
                wasRepeated = true;
            }

            // Real time: another process frees its row, and a server comes back, in real time.
            var pause = FirstPause * Math.Pow(2.5, attempt - 1) * (0.5 + (RandomNumberGenerator.GetInt32(500) / 1000.0));
            await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<List<T>> ReadAsync<T>(DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            List<T> rows = [];
            do
            {
                // Some drivers stop at a statement that has no rows.
                while (reader.FieldCount > 0 && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }
            }
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));

            return rows;
        }
    }

    private async Task SetUpAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (dialect.ConnectionSetup is { } setup)
        {
            await ExecuteAsync(connection, setup, cancellationToken).ConfigureAwait(false);
        }

        if (_isSetUp)
        {
            return;
        }

        try
        {
            await ExecuteAsync(connection, dialect.DatabaseSetup!, cancellationToken).ConfigureAwait(false);
            _isSetUp = true;
        }
        catch (DbException exception)
        {
            // It works without, more slowly. While others are at it the next use tries again.
            _isSetUp = StoreFailure.KindOf(dialect, exception, wasSent: true) is not StoreFailureKind.Refused;
        }
    }

    private async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = Command(connection, sql);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private DbCommand Command(DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.CommandType, command.CommandTimeout) = (sql, CommandType.Text, _timeoutSeconds);
        return command;
    }
}
