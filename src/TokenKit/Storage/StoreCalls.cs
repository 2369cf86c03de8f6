namespace TokenKit.Storage;

/// <summary>Calls with a turn, also of stores that know none: their calls wait for nothing that could be told apart.</summary>
internal static class StoreCalls
{
    public static ValueTask<SecretEntry?> GetAsync(this ISecretStore store, SecretKey key, StoreTurn turn, CancellationToken cancellationToken)
    {
        if (store is IQueuedStore queued)
        {
            return queued.GetAsync(key, turn, cancellationToken);
        }

        turn.HasConnection?.Invoke();
        return store.GetAsync(key, cancellationToken);
    }

    public static ValueTask<SecretWriteResult> SetAsync(
        this ISecretStore store, SecretKey key, SecretWrite write, StoreTurn turn, CancellationToken cancellationToken)
    {
        if (store is IQueuedStore queued)
        {
            return queued.SetAsync(key, write, turn, cancellationToken);
        }

        turn.HasConnection?.Invoke();
        return store.SetAsync(key, write, cancellationToken);
    }

    public static ValueTask<LeaseAnswer> TryAcquireAsync(
        this IRefreshLeaseProvider leases, SecretKey key, LeaseRequest request, StoreTurn turn, CancellationToken cancellationToken)
    {
        if (leases is IQueuedStore queued)
        {
            return queued.TryAcquireAsync(key, request, turn, cancellationToken);
        }

        turn.HasConnection?.Invoke();
        return leases.TryAcquireAsync(key, request, cancellationToken);
    }

    public static ValueTask<SecretPage> ListAsync(
        this ISecretCatalog catalog, SecretQuery query, StoreTurn turn, CancellationToken cancellationToken)
    {
        if (catalog is IQueuedStore queued)
        {
            return queued.ListAsync(query, turn, cancellationToken);
        }

        turn.HasConnection?.Invoke();
        return catalog.ListAsync(query, cancellationToken);
    }
}
