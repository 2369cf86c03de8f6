using Npgsql;
using TokenKit.Storage;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Carries out one statement on a connection that is held for that statement alone.</summary>
/// <remarks>
/// A refusal, and a loss of the connection where doing it twice is harmless, are tried again a few times within a second; who
/// asks decides about longer troubles. When a connection was lost the idle ones of the pool are closed: after a restart of
/// the server they are all dead, and each would cost an attempt.
/// </remarks>
internal sealed class StoreSession
{
    private const int Attempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private readonly NpgsqlDataSource _dataSource;
    private readonly int _timeoutSeconds;

    // Half of the pool is the application's, however many tokens are due at one moment: their statements would otherwise
    // stand in one queue with its queries.
    private readonly ConnectionShare _share;
    private readonly string _table;
    private readonly Randomness _randomness;

    public StoreSession(NpgsqlDataSource dataSource, PostgreSqlStoreOptions options, string table, Randomness randomness)
    {
        // Of several hosts the one that takes writes. A single host is asked in the statement itself.
        _dataSource = dataSource is NpgsqlMultiHostDataSource hosts ? hosts.WithTargetSession(TargetSessionAttributes.Primary) : dataSource;
        var pool = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        Connections = pool.Pooling ? Math.Max(1, pool.MaxPoolSize / 2) : null;
        _share = new ConnectionShare(Connections ?? int.MaxValue);
        _timeoutSeconds = (int)options.CommandTimeout.TotalSeconds;
        (_table, _randomness) = (table, randomness);
    }

    public NpgsqlDataSource DataSource => _dataSource;

    /// <summary>How many statements are carried out at once; <see langword="null"/> without a pool.</summary>
    public int? Connections { get; }

    /// <summary>As <see cref="RowsAsync"/>, for a statement that answers with one row or none.</summary>
    public async ValueTask<(T Result, bool WasRepeated)> RunAsync<T>(
        StoreStatement statement, SecretKey? key, Action<NpgsqlParameterCollection> parameters, Func<NpgsqlDataReader, T> read, T none,
        StoreTurn turn, CancellationToken cancellationToken)
    {
        var (rows, wasRepeated) = await RowsAsync(statement, key, parameters, read, turn, cancellationToken).ConfigureAwait(false);
        return (rows.Count > 0 ? rows[0] : none, wasRepeated);
    }

    /// <summary>Carries out a statement and reads the rows of its answer.</summary>
    /// <param name="statement">The statement, what it does in words, and whether doing it twice is harmless.</param>
    /// <param name="key">Whose row, for messages.</param>
    /// <param name="parameters">Called for each attempt; parameters belong to one command.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="turn">How urgent it is, and who wants to know that it is about to be sent.</param>
    /// <param name="cancellationToken">Ends the attempt. A statement that was sent may be carried out all the same.</param>
    /// <returns>The rows, and whether an earlier attempt may have been carried out.</returns>
    /// <exception cref="PostgreSqlStoreException">It did not work.</exception>
    /// <exception cref="SecretDamagedException">A row holds what the store never writes.</exception>
    public async ValueTask<(List<T> Rows, bool WasRepeated)> RowsAsync<T>(
        StoreStatement statement, SecretKey? key, Action<NpgsqlParameterCollection> parameters, Func<NpgsqlDataReader, T> read,
        StoreTurn turn, CancellationToken cancellationToken)
    {
        var wasRepeated = false;
        for (var attempt = 1; ; attempt++)
        {
            var wasSent = false;
            await _share.EnterAsync(turn.Place, cancellationToken).ConfigureAwait(false);
            try
            {
                var connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    using var command = new NpgsqlCommand(statement.Sql, connection) { CommandTimeout = _timeoutSeconds };
                    parameters(command.Parameters);
                    turn.HasConnection?.Invoke();
                    wasSent = true;
                    var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        List<T> rows = [];
                        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        {
                            rows.Add(read(reader));
                        }

                        // The answer is complete only when the server has said that it committed.
                        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                        return (rows, wasRepeated);
                    }
                }
            }
            catch (NpgsqlException exception) when (key is { } whose && DamagedRow.IsAtTheEndOfNumbers(exception))
            {
                throw DamagedRow.At(whose, "epoch, written_epoch or generation", exception);
            }
            catch (NpgsqlException exception)
            {
                var kind = StoreFailure.KindOf(exception, wasSent);
                var mayRepeat = kind is StoreFailureKind.Refused || (kind is StoreFailureKind.AnswerLost && statement.IsRepeatable);
                if (kind is StoreFailureKind.AnswerLost)
                {
                    _dataSource.Clear();
                }

                if (!mayRepeat || attempt == Attempts || IsTimeout(exception))
                {
                    throw StoreFailure.Describe(exception, kind, statement.What, key, _table);
                }

                wasRepeated |= kind is StoreFailureKind.AnswerLost;
            }
            finally
            {
                _share.Leave();
            }

            // Real time: another process frees its row, and a server comes back, in real time.
            var pause = FirstPause * Math.Pow(3, attempt - 1) * (0.5 + (0.5 * _randomness.NextDouble()));
            await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    // A server that does not answer in time will hardly do so the second time, and the time is the refresh's.
    private static bool IsTimeout(NpgsqlException exception) => exception.InnerException is TimeoutException;
}
