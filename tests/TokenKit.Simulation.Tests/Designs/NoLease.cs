namespace TokenKit.Simulation.Tests;

/// <summary>A lease that everybody gets at any time.</summary>
internal sealed class NoLease(ISecretStore store, SecretKey key, long epoch) : RefreshLease(epoch, isTakeover: false, RefreshState.Alive)
{
    public override ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) => new(new LeaseRenewal { IsHeld = true, Entry = null });

    public override ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
        store.SetAsync(key, write, cancellationToken);

    public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) => default;
}
