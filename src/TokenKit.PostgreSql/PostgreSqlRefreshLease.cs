using TokenKit.Storage;

namespace TokenKit;

/// <summary>A lease that is a row: it runs out by the database's clock, and nothing is held for it.</summary>
internal sealed class PostgreSqlRefreshLease(PostgreSqlSecretStore store, StoredKey key, long epoch, bool isTakeover, RefreshState state)
    : RefreshLease(epoch, isTakeover, state)
{
    public override ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
        RenewAsync(duration, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
        ReleaseAsync(state, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    internal override ValueTask<bool> RenewAsync(TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        return store.RenewAsync(key, Epoch, duration, turn, cancellationToken);
    }

    internal override ValueTask ReleaseAsync(RefreshState state, StoreTurn turn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        return store.ReleaseAsync(key, Epoch, state, turn, cancellationToken);
    }
}
