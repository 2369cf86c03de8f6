namespace TokenKit;

/// <summary>Takes leases for tests that are about something else.</summary>
internal static class LeaseTaking
{
    /// <summary>Takes the lease whatever is stored, and whatever wait was left.</summary>
    public static async ValueTask<RefreshLease?> TryTakeAsync(
        this IRefreshLeaseProvider leases, SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default) =>
        (await leases.TryAcquireAsync(key, new LeaseRequest(duration) { OverridesWait = true }, cancellationToken)).Lease;
}
