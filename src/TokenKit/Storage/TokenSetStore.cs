using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>Token sets in a secret store: one record for a key, never field by field.</summary>
internal sealed class TokenSetStore(ISecretStore store, TimeProvider time)
{
    /// <summary>Whether reading it takes a while: everywhere but in the memory of this process.</summary>
    public bool IsElsewhere => store is not InMemorySecretStore;

    /// <summary>Reads what is stored, with its life recomputed by the store's clock.</summary>
    /// <exception cref="SecretDamagedException">Something is stored and cannot be read.</exception>
    public ValueTask<StoredTokenSet?> ReadAsync(SecretKey key, CancellationToken cancellationToken) =>
        ReadAsync(key, new StorePlace(StoreUrgency.Caller), cancellationToken);

    /// <summary>As <see cref="ReadAsync(SecretKey, CancellationToken)"/>, for work that is not a caller's.</summary>
    public async ValueTask<StoredTokenSet?> ReadAsync(SecretKey key, StorePlace place, CancellationToken cancellationToken)
    {
        // Read before the store is asked: its answer may take a while, and a process may stand still before it reads it. A
        // token is then taken for older than it is, and never for younger. The wait for a connection does not make it older.
        var before = ClockReading.Now(time);
        if (store is InMemorySecretStore memory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return memory.Read(key, before);
        }

        var entry = await store.GetAsync(key, new StoreTurn(place, () => before = ClockReading.Now(time)), cancellationToken)
            .ConfigureAwait(false);
        return SetOf(key, entry, before);
    }

    /// <summary>Takes the lease where what is known is still what is stored, and reads what is stored where it is not.</summary>
    /// <returns>The answer, and what is stored where it says so.</returns>
    /// <exception cref="SecretDamagedException">Something is stored and cannot be read.</exception>
    public async ValueTask<(LeaseAnswer Answer, StoredTokenSet? News)> TryAcquireAsync(
        IRefreshLeaseProvider leases, SecretKey key, LeaseRequest request, StoreTurn turn, CancellationToken cancellationToken)
    {
        var before = ClockReading.Now(time);
        if (leases is InMemorySecretStore memory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            turn.HasConnection?.Invoke();
            return memory.Acquire(key, request, before);
        }

        // The wait for a connection makes no token older, as with a read.
        var noting = turn with
        {
            HasConnection = () =>
            {
                before = ClockReading.Now(time);
                turn.HasConnection?.Invoke();
            },
        };
        var answer = await leases.TryAcquireAsync(key, request, noting, cancellationToken).ConfigureAwait(false);
        return (answer, SetOf(key, answer.Entry, before));
    }

    /// <summary>Extends a lease, and reads what is stored.</summary>
    public async ValueTask<(bool IsHeld, StoredTokenSet? Stored)> RenewAsync(
        SecretKey key, RefreshLease lease, TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        var before = ClockReading.Now(time);
        var renewal = await lease.RenewAsync(duration, turn, cancellationToken).ConfigureAwait(false);
        return (renewal.IsHeld, SetOf(key, renewal.Entry, before));
    }

    /// <summary>Writes if nothing newer is there. The life left is computed anew at each call.</summary>
    public ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, TokenRecord record, SecretCondition condition, CancellationToken cancellationToken)
    {
        if (store is InMemorySecretStore memory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(memory.Write(key, record, condition));
        }

        return store.SetAsync(key, TokenSetCodec.WriteOf(record, ClockReading.Now(time), condition), StoreTurn.Of(StoreUrgency.Held), cancellationToken);
    }

    /// <summary>Writes under a lease, and gives it back where a state is to be left and the write was not refused.</summary>
    public ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, TokenRecord record, SecretCondition condition, RefreshLease lease, RefreshState? stateToLeave, DateTimeOffset? ageCountsFrom,
        StoreTurn turn, CancellationToken cancellationToken)
    {
        if (store is InMemorySecretStore memory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            turn.HasConnection?.Invoke();
            return ValueTask.FromResult(memory.Write(key, record, condition, lease, stateToLeave));
        }

        return lease.WriteAsync(
            TokenSetCodec.WriteOf(record, ClockReading.Now(time), condition) with { AgeCountsFrom = ageCountsFrom }, stateToLeave, turn, cancellationToken);
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken) =>
        store.RemoveAsync(key, condition, cancellationToken);

    private static StoredTokenSet? SetOf(SecretKey key, SecretEntry? entry, ClockReading readAt) => entry is null ? null : new StoredTokenSet(
        TokenSetCodec.Decode(entry, readAt, key), readAt, entry.Version, entry.WrittenEpoch, entry.WrittenSequence, entry.IsLocked);
}
