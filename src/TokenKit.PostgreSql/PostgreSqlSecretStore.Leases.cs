using Npgsql;
using TokenKit.Storage;

namespace TokenKit;

/// <content>The leases: a row with an epoch and an end.</content>
public sealed partial class PostgreSqlSecretStore
{
    /// <inheritdoc/>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the row of the key to what the store never writes.</exception>
    public ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
        ((IQueuedStore)this).TryAcquireAsync(key, request, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    async ValueTask<LeaseAnswer> IQueuedStore.TryAcquireAsync(
        SecretKey key, LeaseRequest request, StoreTurn turn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        var stored = new StoredKey(key);

        // An owner for this attempt alone: asked again after a lost answer, the row is found to be ours. Otherwise every lost
        // answer would stop the key for the time of a lease.
        var owner = _randomness.NextGuid();
        try
        {
            var isPutIn = false;

            // No row: another one has just put it in, and this statement does not see it yet.
            var (answer, _) = await _session.RunAsync(
                _statements.Acquire,
                key,
                parameters => parameters.AddKey(stored).AddId(owner).AddSpan(request.Duration).AddNumberOrNull(request.KnownVersion).AddFlag(request.OverridesWait),
                row => (isPutIn = IsPutIn(request, row)) ? LeaseAnswer.Changed(null) : AnswerOf(stored, request, row),
                none: LeaseAnswer.Held,
                turn,
                cancellationToken).ConfigureAwait(false);
            if (isPutIn)
            {
                await AbandonAsync(stored, owner, turn, cancellationToken).ConfigureAwait(false);
            }

            return answer;
        }
        catch (SecretDamagedException)
        {
            await AbandonAsync(stored, owner, turn, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    // Where the columns of StoredRow begin in the answer to Acquire.
    private const int RowColumn = 11;
    private const int GenerationColumn = RowColumn + 4;

    // By this statement, in the place of a row that somebody has deleted: what was known is not stored any more.
    private static bool IsPutIn(LeaseRequest request, NpgsqlDataReader row) =>
        row.GetInt32(0) == (int)LeaseOutcome.Taken && request.KnownVersion > 0 && row.GetInt64(GenerationColumn) == 0;

    private LeaseAnswer AnswerOf(StoredKey key, LeaseRequest request, NpgsqlDataReader row)
    {
        switch ((LeaseOutcome)row.GetInt32(0))
        {
            case LeaseOutcome.Taken:
                return LeaseAnswer.Taken(
                    new PostgreSqlRefreshLease(
                        this, key, row.Count(1, key.Key, "epoch", least: 1), row.GetBoolean(2), StoredState.Read(row, firstColumn: 3, key.Key))
                    {
                        GrantedAt = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(row.GetInt64(9)),
                    },
                    request.KnownVersion is null ? EntryOf(StoredRow.Read(key, row, RowColumn)) : null);
            case LeaseOutcome.Changed:
                return LeaseAnswer.Changed(EntryOf(StoredRow.Read(key, row, RowColumn)));
            case LeaseOutcome.Waiting:
                return LeaseAnswer.Waiting(StoredState.Read(row, firstColumn: 3, key.Key), row.Count(10, key.Key, "epoch"));
            default:
                return LeaseAnswer.Held;
        }
    }

    // Who comes next is to be told that the row cannot be read, and not to wait for a lease that nobody has.
    private async ValueTask AbandonAsync(StoredKey key, Guid owner, StoreTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            await _session.RunAsync(
                _statements.Abandon,
                key.Key,
                parameters => parameters.AddHash(key).AddId(owner),
                static _ => true,
                none: false,
                turn,
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgreSqlStoreException)
        {
            // It runs out by itself.
        }
    }

    /// <inheritdoc/>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the row of the key to what the store never writes.</exception>
    public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var turn = StoreTurn.Of(StoreUrgency.Caller);
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        var stored = new StoredKey(key);
        var (epoch, _) = await _session.RunAsync(
            _statements.Advance, key, parameters => parameters.AddKey(stored), row => row.Count(0, key, "epoch", least: 1), none: 0L, turn, cancellationToken)
            .ConfigureAwait(false);
        return epoch;
    }

    internal async ValueTask<LeaseRenewal> RenewAsync(StoredKey key, long epoch, TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (renewal, _) = await _session.RunAsync(
            _statements.Renew,
            key.Key,
            parameters => parameters.AddHash(key).AddNumber(epoch).AddSpan(duration),
            row => new LeaseRenewal { IsHeld = row.GetBoolean(0), Entry = EntryOf(StoredRow.Read(key, row, firstColumn: 1)) },
            none: default,
            turn,
            cancellationToken).ConfigureAwait(false);
        return renewal;
    }

    internal async ValueTask ReleaseAsync(StoredKey key, long epoch, RefreshState state, StoreTurn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _session.RunAsync(
            _statements.Release,
            key.Key,
            parameters => StoredState.Add(parameters.AddHash(key).AddNumber(epoch), state),
            static _ => true,
            none: false,
            turn,
            cancellationToken).ConfigureAwait(false);
    }
}
