namespace TokenKit.Simulation.Tests;

/// <summary>A lease that everybody gets at any time.</summary>
internal sealed class NoLease(long epoch) : RefreshLease(epoch, isTakeover: false, RefreshState.Alive)
{
    public override ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) => new(true);

    public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) => default;
}
