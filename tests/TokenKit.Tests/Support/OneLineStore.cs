using TokenKit.Storage;

namespace TokenKit.Tests;

/// <summary>The naive design: the same connections with one line for all calls, and a wait that a caller's time limit counts.</summary>
internal sealed class OneLineStore(BusyStore store) : ISecretStore, IRefreshLeaseProvider
{
    private static StoreTurn Last => StoreTurn.Of(StoreUrgency.Background);

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        store.GetAsync(key, Last, cancellationToken);

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        store.SetAsync(key, write, Last, cancellationToken);

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        store.RemoveAsync(key, condition, cancellationToken);

    public async ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default) =>
        await store.TryAcquireAsync(key, duration, Last, cancellationToken) is { } lease ? new OneLineLease(lease) : null;

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        store.AdvanceEpochAsync(key, cancellationToken);

    private sealed class OneLineLease(RefreshLease inner) : RefreshLease(inner.Epoch, inner.IsTakeover, inner.State)
    {
        public override ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            inner.RenewAsync(duration, Last, cancellationToken);

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            inner.ReleaseAsync(state, Last, cancellationToken);
    }
}
