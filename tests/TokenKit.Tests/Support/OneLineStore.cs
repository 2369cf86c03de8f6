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

    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
        (await store.TryAcquireAsync(key, request, Last, cancellationToken)).With(static lease => new OneLineLease(lease), static entry => entry);

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        store.AdvanceEpochAsync(key, cancellationToken);

    private sealed class OneLineLease(RefreshLease inner) : ForwardedLease(inner)
    {
        public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            Inner.RenewAsync(duration, Last, cancellationToken);

        public override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
            Inner.WriteAsync(write, stateToLeave, Last, cancellationToken);

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            Inner.ReleaseAsync(state, Last, cancellationToken);
    }
}
