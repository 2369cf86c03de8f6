using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>Token sets in a secret store: one record for a key, never field by field.</summary>
internal sealed class TokenSetStore(ISecretStore store, TimeProvider time)
{
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
        if (entry is null)
        {
            return null;
        }

        var record = TokenSetCodec.Decode(entry, before, key);
        return new StoredTokenSet(record, before, entry.Version, entry.WrittenEpoch, entry.WrittenSequence, entry.IsLocked);
    }

    /// <summary>Writes if nothing newer is there. The life left is computed anew at each call.</summary>
    public ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, TokenRecord record, SecretCondition condition, CancellationToken cancellationToken) =>
        WriteAsync(key, record, condition, ageCountsFrom: null, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    /// <summary>As the other, with a turn of the caller's own and the instant from which the age counts.</summary>
    public ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, TokenRecord record, SecretCondition condition, DateTimeOffset? ageCountsFrom, StoreTurn turn,
        CancellationToken cancellationToken)
    {
        if (store is InMemorySecretStore memory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            turn.HasConnection?.Invoke();
            return ValueTask.FromResult(memory.Write(key, record, condition));
        }

        return store.SetAsync(key, TokenSetCodec.WriteOf(record, ClockReading.Now(time), condition) with { AgeCountsFrom = ageCountsFrom }, turn, cancellationToken);
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken) =>
        store.RemoveAsync(key, condition, cancellationToken);
}
