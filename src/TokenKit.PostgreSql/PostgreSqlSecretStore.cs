using Microsoft.Extensions.Logging;
using Npgsql;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit;

/// <summary>Keeps secrets encrypted in a table of PostgreSQL, for any number of processes on any number of machines.</summary>
/// <remarks>
/// <para>
/// Every step is one statement that commits by itself, on a connection that goes back to the pool with its answer: none is
/// held while a token is requested or while somebody waits, and a pooler in transaction mode will do. A lease is a row with
/// an epoch and an end by the database's clock; the clocks of the machines are not compared.
/// </para>
/// <para>
/// The database sees keys, versions, epochs, times and the status of refreshes; values are sealed and bound to their key and
/// epoch. Who can write to the table can put back an older row as a whole; that cannot be noticed.
/// </para>
/// <para>
/// A value is committed to the server's disk, and to its synchronous standbys where it has some, whatever
/// <c>synchronous_commit</c> says. With asynchronous standbys a failover can lose the last writes. A standby never answers a
/// read.
/// </para>
/// <para>Safe for use by several threads. The data source is not disposed.</para>
/// </remarks>
public sealed partial class PostgreSqlSecretStore : ISecretStore, IRefreshLeaseProvider, ISecretCatalog, ISecretChanges, IQueuedStore
{
    private readonly StoreStatements _statements;
    private readonly StoreSession _session;
    private readonly ISecretProtector _protector;
    private readonly Randomness _randomness;
    private readonly SchemaCreation _schema;
    private readonly ChangeNotices? _notices;
    private readonly ChangeListener? _changes;

    /// <summary>Makes a store; connects at its first use.</summary>
    /// <param name="dataSource">
    /// Where the table is. Of several hosts the one that takes writes is used. It stays the caller's.
    /// </param>
    /// <param name="options">Where and how; read once.</param>
    /// <param name="protector">Seals what is written.</param>
    /// <param name="logger">Where it is noted that changes of other processes are not heard; nowhere by default.</param>
    /// <exception cref="ArgumentException">A name in the options cannot be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The command timeout is not within its range.</exception>
    public PostgreSqlSecretStore(
        NpgsqlDataSource dataSource, PostgreSqlStoreOptions options, ISecretProtector protector, ILogger<PostgreSqlSecretStore>? logger = null)
        : this(dataSource, options, protector, Randomness.System, new ThreadPoolSpawner(), TimeProvider.System, logger)
    {
    }

    internal PostgreSqlSecretStore(
        NpgsqlDataSource dataSource, PostgreSqlStoreOptions options, ISecretProtector protector, Randomness randomness, IWorkSpawner spawner,
        TimeProvider time, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(protector);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommandTimeout, PostgreSqlStoreOptionsValidator.ShortestTimeout);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.CommandTimeout, PostgreSqlStoreOptionsValidator.LongestTimeout);
        (_protector, _randomness, _statements) = (protector, randomness, new StoreStatements(options));
        _session = new StoreSession(dataSource, options, _statements.Table, randomness);
        _schema = new SchemaCreation(_session, options);
        if (options.NotifyChanges)
        {
            _notices = new ChangeNotices(_statements.Table, protector);
            _changes = new ChangeListener(
                new NotifyFeed(_session.DataSource, _statements.Channel), _notices, _statements.Table, randomness, spawner, time, logger);
        }
    }

    internal ISecretProtector Protector => _protector;

    int? IQueuedStore.Connections => _session.Connections;

    /// <summary>Makes the schema and the table where they are missing. Any number of processes may call it at once.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A task that ends when they are there.</returns>
    /// <exception cref="PostgreSqlStoreException">It did not work; most often the role may not create them.</exception>
    public ValueTask CreateSchemaAsync(CancellationToken cancellationToken = default) =>
        _schema.CreateAsync(StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the row to what the store never writes.</exception>
    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        ((IQueuedStore)this).GetAsync(key, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    async ValueTask<SecretEntry?> IQueuedStore.GetAsync(SecretKey key, StoreTurn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        return EntryOf(await ReadAsync(new StoredKey(key), turn, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the row to what the store never writes.</exception>
    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        var urgency = write.Condition.Kind is SecretConditionKind.WrittenBefore ? StoreUrgency.Held : StoreUrgency.Caller;
        return ((IQueuedStore)this).SetAsync(key, write, StoreTurn.Of(urgency), cancellationToken);
    }

    async ValueTask<SecretWriteResult> IQueuedStore.SetAsync(SecretKey key, SecretWrite write, StoreTurn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(new StoredKey(key), write, lease: null, stateToLeave: null, turn, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes where the condition holds, and gives the lease back in the same statement where it leaves a state.</summary>
    internal async ValueTask<SecretWriteResult> WriteAsync(
        StoredKey stored, SecretWrite write, PostgreSqlRefreshLease? lease, RefreshState? stateToLeave, StoreTurn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isFenced = write.Condition.Kind is SecretConditionKind.WrittenBefore;
        var (epoch, sequence) = isFenced ? (write.Condition.Number, write.Condition.Sequence) : (0, 0);
        var countedFrom = MicrosecondsOf(write.AgeCountsFrom);
        var payload = DatedValue.Seal(write.Value.Span, countedFrom, _protector, stored.PlaceOf(epoch, sequence));
        var notice = isFenced ? _notices?.Seal(stored, epoch, sequence, isRemoved: false) : null;
        var statement = write.Condition.Kind switch
        {
            SecretConditionKind.Any => _statements.WriteAny,
            SecretConditionKind.Absent => _statements.WriteIfAbsent,
            SecretConditionKind.IfVersion => _statements.WriteIfVersion,
            _ => stateToLeave is null ? _statements.WriteFenced : _statements.WriteAndRelease,
        };
        var (version, wasRepeated) = await _session.RunAsync(
            statement,
            stored.Key,
            parameters =>
            {
                if (write.Condition.Kind is SecretConditionKind.IfVersion)
                {
                    parameters.AddHash(stored).AddBytes(payload).AddSpan(write.DueIn).AddSpan(write.ExpiresIn).AddNumber(write.Condition.Number)
                        .AddNumberOrNull(countedFrom);
                }
                else
                {
                    parameters.AddKey(stored).AddBytes(payload).AddNumber(epoch).AddNumber(sequence)
                        .AddSpan(write.DueIn).AddSpan(write.ExpiresIn)
                        .AddNumberOrNull(countedFrom);
                    if (stateToLeave is not null)
                    {
                        StoredState.Add(parameters.AddNumber(lease!.Epoch), stateToLeave);
                    }

                    if (isFenced && _notices is not null)
                    {
                        parameters.AddText(notice);
                    }
                }
            },
            static row => row.GetInt64(0),
            none: 0L,
            turn,
            cancellationToken).ConfigureAwait(false);
        if (version > 0)
        {
            return new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = version };
        }

        var found = await ReadAsync(stored, turn, cancellationToken).ConfigureAwait(false);

        // The first attempt was carried out and its answer lost: nobody else writes under this epoch and sequence.
        var outcome = wasRepeated && isFenced && (found.WrittenEpoch, found.WrittenSequence) == (epoch, sequence)
            ? SecretWriteOutcome.Written
            : SecretWriteOutcome.Conflict;
        return new SecretWriteResult { Outcome = outcome, Version = found.Payload is null ? 0 : found.Generation };
    }

    /// <inheritdoc/>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the row to what the store never writes.</exception>
    public async ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turn = StoreTurn.Of(StoreUrgency.Caller);
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        var stored = new StoredKey(key);
        var statement = condition.Kind switch
        {
            SecretConditionKind.Any => _statements.RemoveAny,
            SecretConditionKind.IfVersion => _statements.RemoveIfVersion,
            SecretConditionKind.WrittenBefore => _statements.RemoveFenced,

            // Where nothing is stored, nothing can be removed.
            _ => null,
        };
        if (statement is null)
        {
            return false;
        }

        var isFenced = condition.Kind is SecretConditionKind.WrittenBefore;
        var notice = isFenced ? _notices?.Seal(stored, condition.Number, condition.Sequence, isRemoved: true) : null;
        var (removed, _) = await _session.RunAsync<(long Epoch, long Sequence)?>(
            statement,
            key,
            parameters =>
            {
                parameters.AddHash(stored);
                if (condition.Kind is not SecretConditionKind.Any)
                {
                    parameters.AddNumber(condition.Number);
                }

                if (isFenced)
                {
                    parameters.AddNumber(condition.Sequence);
                    if (_notices is not null)
                    {
                        parameters.AddText(notice);
                    }
                }
            },
            static row => (row.GetInt64(1), row.GetInt64(2)),
            none: null,
            turn,
            cancellationToken).ConfigureAwait(false);
        if (!isFenced && removed is { } written)
        {
            await TellRemovedAsync(stored, written.Epoch, written.Sequence, turn).ConfigureAwait(false);
        }

        return removed is not null;
    }

    private async ValueTask<StoredRow> ReadAsync(StoredKey key, StoreTurn turn, CancellationToken cancellationToken)
    {
        var (row, _) = await _session.RunAsync(
            _statements.Read,
            key.Key,
            parameters => parameters.AddHash(key),
            reader => StoredRow.Read(key, reader),
            none: null,
            turn,
            cancellationToken).ConfigureAwait(false);

        return row is { IsFromStandby: false } ? row : throw new PostgreSqlStoreException(
            $"The server that was asked for '{key.Key}' only follows another and may answer with an older refresh token. Let the data source choose the primary: 'Target Session Attributes=primary'.")
        {
            IsTransient = true,
        };
    }

    private static long? MicrosecondsOf(DateTimeOffset? instant) =>
        (instant - DateTimeOffset.UnixEpoch)?.Ticks / TimeSpan.TicksPerMicrosecond;

    private SecretEntry? EntryOf(StoredRow row) => row.Payload is not { } payload ? null : new SecretEntry
    {
        Value = DatedValue.Read(row.Key.Key, Open(row.Key, payload, row.PayloadEpoch, row.PayloadSequence), row.WrittenAt),
        Version = row.Generation,
        WrittenEpoch = row.WrittenEpoch,
        WrittenSequence = row.WrittenSequence,
        Age = row.Age,
    };

    private byte[] Open(StoredKey key, byte[] payload, long epoch, long sequence)
    {
        try
        {
            return _protector.Unprotect(payload, key.PlaceOf(epoch, sequence));
        }
        catch (SecretDamagedException exception)
        {
            throw new SecretDamagedException(
                $"The record of '{key.Key}' in PostgreSQL cannot be read. {exception.Message} It was left as it is; restore the row, or remove the record and {key.Key.Kind.HowToReplace()}.",
                exception);
        }
    }
}
