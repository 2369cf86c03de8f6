using TokenKit.Storage;

namespace TokenKit.Tests;

/// <summary>
/// One process's way to a database that processes share: few connections, and each call takes a while. In virtual time and,
/// unless a test makes several threads, on one thread.
/// </summary>
internal sealed class BusyStore(ListedStore database, int connections) : ISecretStore, IRefreshLeaseProvider, ISecretCatalog, IQueuedStore
{
    private readonly ConnectionShare _share = new(connections, TaskCreationOptions.None);

    /// <summary>How long each call takes once it has a connection.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>How many leases were taken that their former holders had let run out.</summary>
    public int Takeovers { get; private set; }

    public int? Connections => connections;

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, StoreTurn turn, CancellationToken cancellationToken) =>
        CallAsync(turn, () => database.GetAsync(key, cancellationToken), cancellationToken);

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, StoreTurn turn, CancellationToken cancellationToken) =>
        CallAsync(turn, () => database.SetAsync(key, write, cancellationToken), cancellationToken);

    public async ValueTask<RefreshLease?> TryAcquireAsync(
        SecretKey key, TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken)
    {
        if (await CallAsync(turn, () => database.TryAcquireAsync(key, duration, cancellationToken), cancellationToken) is not { } lease)
        {
            return null;
        }

        Takeovers += lease.IsTakeover ? 1 : 0;
        return new BusyLease(this, lease);
    }

    public ValueTask<SecretPage> ListAsync(SecretQuery query, StoreTurn turn, CancellationToken cancellationToken) =>
        CallAsync(turn, () => database.ListAsync(query, cancellationToken), cancellationToken);

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        GetAsync(key, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        SetAsync(key, write, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        CallAsync(StoreTurn.Of(StoreUrgency.Caller), () => database.RemoveAsync(key, condition, cancellationToken), cancellationToken);

    public ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default) =>
        TryAcquireAsync(key, duration, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        CallAsync(StoreTurn.Of(StoreUrgency.Caller), () => database.AdvanceEpochAsync(key, cancellationToken), cancellationToken);

    public ValueTask<SecretPage> ListAsync(SecretQuery query, CancellationToken cancellationToken = default) =>
        ListAsync(query, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    private async ValueTask<T> CallAsync<T>(StoreTurn turn, Func<ValueTask<T>> statement, CancellationToken cancellationToken)
    {
        await _share.EnterAsync(turn.Place, cancellationToken);
        try
        {
            turn.HasConnection?.Invoke();
            if (Latency > TimeSpan.Zero)
            {
                await Task.Delay(Latency, database.Time, cancellationToken);
            }

            return await statement();
        }
        finally
        {
            _share.Leave();
        }
    }

    private sealed class BusyLease : RefreshLease
    {
        private readonly BusyStore _store;
        private readonly RefreshLease _inner;

        public BusyLease(BusyStore store, RefreshLease inner)
            : base(inner.Epoch, inner.IsTakeover, inner.State)
        {
            (_store, _inner) = (store, inner);
            GrantedAt = inner.GrantedAt;
        }

        public override ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            RenewAsync(duration, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            ReleaseAsync(state, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

        internal override ValueTask<bool> RenewAsync(TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken) =>
            _store.CallAsync(turn, () => _inner.RenewAsync(duration, cancellationToken), cancellationToken);

        internal override async ValueTask ReleaseAsync(RefreshState state, StoreTurn turn, CancellationToken cancellationToken) =>
            await _store.CallAsync(
                turn,
                async () =>
                {
                    await _inner.ReleaseAsync(state, cancellationToken);
                    return true;
                },
                cancellationToken);
    }
}
