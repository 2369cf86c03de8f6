using TokenKit.Storage;

namespace TokenKit;

/// <content>The leases: a row with an epoch and an end.</content>
public sealed partial class PostgreSqlSecretStore
{
    /// <inheritdoc/>
    /// <exception cref="PostgreSqlStoreException">The database could not do it.</exception>
    /// <exception cref="SecretDamagedException">Somebody has changed the row of the key to what the store never writes.</exception>
    public ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default) =>
        ((IQueuedStore)this).TryAcquireAsync(key, duration, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    async ValueTask<RefreshLease?> IQueuedStore.TryAcquireAsync(
        SecretKey key, TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        await _schema.EnsureAsync(turn, cancellationToken).ConfigureAwait(false);
        var stored = new StoredKey(key);

        // An owner for this attempt alone: asked again after a lost answer, the row is found to be ours. Otherwise every lost
        // answer would stop the key for the time of a lease.
        var owner = _randomness.NextGuid();
        try
        {
            var (lease, _) = await _session.RunAsync(
                _statements.Acquire,
                key,
                parameters => parameters.AddKey(stored).AddId(owner).AddSpan(duration),
                row => new PostgreSqlRefreshLease(
                    this, stored, row.Count(0, key, "epoch", least: 1), row.GetBoolean(1), StoredState.Read(row, firstColumn: 2, key))
                {
                    GrantedAt = DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(row.GetInt64(8)),
                },
                none: null,
                turn,
                cancellationToken).ConfigureAwait(false);
            return lease;
        }
        catch (SecretDamagedException)
        {
            await AbandonAsync(stored, owner, turn, cancellationToken).ConfigureAwait(false);
            throw;
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

    internal async ValueTask<bool> RenewAsync(StoredKey key, long epoch, TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (isHeld, _) = await _session.RunAsync(
            _statements.Renew,
            key.Key,
            parameters => parameters.AddHash(key).AddNumber(epoch).AddSpan(duration),
            static _ => true,
            none: false,
            turn,
            cancellationToken).ConfigureAwait(false);
        return isHeld;
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
