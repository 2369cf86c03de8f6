using TokenKit.Storage;

namespace TokenKit;

/// <summary>A lease that is a row: it runs out by the database's clock, and nothing is held for it.</summary>
internal sealed class PostgreSqlRefreshLease(PostgreSqlSecretStore store, StoredKey key, long epoch, bool isTakeover, RefreshState state)
    : RefreshLease(epoch, isTakeover, state)
{
    public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        RenewAsync(duration, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
        ReleaseAsync(state, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    internal override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return store.RenewAsync(key, Epoch, duration, turn, cancellationToken);
    }

    public override ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
        WriteAsync(write, stateToLeave, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    internal override ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, StoreTurn turn, CancellationToken cancellationToken)
    {
        ThrowIfNotFenced(write);
        return store.WriteAsync(key, write, this, stateToLeave, turn, cancellationToken);
    }

    internal override ValueTask ReleaseAsync(RefreshState state, StoreTurn turn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        return store.ReleaseAsync(key, Epoch, state, turn, cancellationToken);
    }
}
