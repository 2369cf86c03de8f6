namespace TokenKit;

/// <summary>Token sets in a secret store: one record for a key, never field by field.</summary>
internal sealed class TokenSetStore(ISecretStore store, TimeProvider time)
{
    /// <summary>Reads what is stored, with its life recomputed by the store's clock.</summary>
    /// <exception cref="SecretDamagedException">Something is stored and cannot be read.</exception>
    public async ValueTask<StoredTokenSet?> ReadAsync(SecretKey key, CancellationToken cancellationToken)
    {
        // Read before the store is asked: its answer may take a while, and a process may stand still before it reads it. A
        // token is then taken for older than it is, and never for younger.
        var before = ClockReading.Now(time);
        if (store is InMemorySecretStore memory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return memory.Read(key, before);
        }

        var entry = await store.GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (entry is null)
        {
            return null;
        }

        var set = TokenSetCodec.Decode(entry, before, key);
        return new StoredTokenSet(set, before, entry.Version, entry.WrittenEpoch, entry.WrittenSequence, entry.IsLocked);
    }

    /// <summary>Writes if nothing newer is there. The life left is computed anew at each call.</summary>
    public ValueTask<SecretWriteResult> WriteAsync(
        SecretKey key, TokenSet set, SecretCondition condition, CancellationToken cancellationToken)
    {
        if (store is InMemorySecretStore memory)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(memory.Write(key, set, condition));
        }

        return store.SetAsync(key, TokenSetCodec.Encode(set, ClockReading.Now(time)), condition, cancellationToken);
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, CancellationToken cancellationToken) =>
        store.RemoveAsync(key, SecretCondition.Any, cancellationToken);
}
