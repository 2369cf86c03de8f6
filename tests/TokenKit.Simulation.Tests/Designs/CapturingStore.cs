namespace TokenKit.Simulation.Tests;

/// <summary>Gives the lease whatever is stored by now: the refresh token was captured too early.</summary>
internal sealed class CapturingStore(World world, Machine machine, SharedStore shared) : SimulatedStore(world, machine, shared)
{
    public override async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        var answer = await base.TryAcquireAsync(key, new LeaseRequest(request.Duration) { OverridesWait = request.OverridesWait }, cancellationToken);
        return answer.Lease is { } lease ? LeaseAnswer.Taken(lease, null) : answer;
    }
}
