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

    public async ValueTask<LeaseAnswer> TryAcquireAsync(
        SecretKey key, LeaseRequest request, StoreTurn turn, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(turn, () => database.TryAcquireAsync(key, request, cancellationToken), cancellationToken);
        Takeovers += answer.Lease is { IsTakeover: true } ? 1 : 0;
        return answer.With(lease => new BusyLease(this, lease), static entry => entry);
    }

    public ValueTask<SecretPage> ListAsync(SecretQuery query, StoreTurn turn, CancellationToken cancellationToken) =>
        CallAsync(turn, () => database.ListAsync(query, cancellationToken), cancellationToken);

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        GetAsync(key, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        SetAsync(key, write, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        CallAsync(StoreTurn.Of(StoreUrgency.Caller), () => database.RemoveAsync(key, condition, cancellationToken), cancellationToken);

    public ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default) =>
        TryAcquireAsync(key, request, StoreTurn.Of(StoreUrgency.Caller), cancellationToken);

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

    private sealed class BusyLease(BusyStore store, RefreshLease inner) : ForwardedLease(inner)
    {
        public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            RenewAsync(duration, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

        public override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
            WriteAsync(write, stateToLeave, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            ReleaseAsync(state, StoreTurn.Of(StoreUrgency.Held), cancellationToken);

        internal override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, StoreTurn turn, CancellationToken cancellationToken) =>
            store.CallAsync(turn, () => Inner.RenewAsync(duration, cancellationToken), cancellationToken);

        internal override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, StoreTurn turn, CancellationToken cancellationToken) =>
            store.CallAsync(turn, () => Inner.WriteAsync(write, stateToLeave, cancellationToken), cancellationToken);

        internal override async ValueTask ReleaseAsync(RefreshState state, StoreTurn turn, CancellationToken cancellationToken) =>
            await store.CallAsync(
                turn,
                async () =>
                {
                    await Inner.ReleaseAsync(state, cancellationToken);
                    return true;
                },
                cancellationToken);
    }
}
