namespace TokenKit;

/// <summary>A lease that is a row: it runs out by the database's clock, and nothing is held for it.</summary>
internal sealed class RelationalRefreshLease(RelationalSecretStore store, StoredKey key, long epoch, bool isTakeover, RefreshState state)
    : RefreshLease(epoch, isTakeover, state)
{
    public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return store.RenewAsync(key, Epoch, duration, cancellationToken);
    }

    public override ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
    {
        ThrowIfNotFenced(write);
        return store.WriteAsync(key, write, Epoch, stateToLeave, cancellationToken);
    }

    public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        return store.ReleaseAsync(key, Epoch, state, cancellationToken);
    }
}
