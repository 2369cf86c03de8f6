namespace TokenKit.Simulation.Tests;

/// <summary>Answers under the lease with what was read before it: the refresh token was captured too early.</summary>
internal sealed class CapturingStore(World world, Machine machine, SharedStore shared) : SimulatedStore(world, machine, shared)
{
    private SecretEntry? _captured;
    private bool _isHeld;

    public override async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        if (_isHeld && _captured is { } captured)
        {
            _isHeld = false;
            return captured;
        }

        return _captured = await base.GetAsync(key, cancellationToken);
    }

    public override async ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var lease = await base.TryAcquireAsync(key, duration, cancellationToken);
        _isHeld = lease is not null;
        return lease;
    }
}
