namespace TokenKit.Simulation.Tests;

/// <summary>The shared store as one machine sees it: every call takes a while, and may fail before or after it is done.</summary>
internal class SimulatedStore(World world, Machine machine, SharedStore shared) : ISecretStore, IRefreshLeaseProvider
{
    protected SharedStore Shared { get; } = shared;

    public virtual async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        await GoAsync(cancellationToken);
        var entry = await Shared.Store.GetAsync(key, cancellationToken);
        world.History.Read(machine.Name);
        await ReturnAsync(cancellationToken);
        return entry;
    }

    public virtual async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        await GoAsync(cancellationToken);
        var strike = world.Plan.AtWrite(++Shared.Writes);
        if (strike is { Kind: FaultKind.FailingWrites })
        {
            world.History.Fault(strike.Kind, machine.Name, "write refused");
            throw new IOException("The store refused the write.");
        }

        var result = await Shared.Store.SetAsync(key, write with { Condition = Allowed(write.Condition) }, cancellationToken);
        Shared.Note(machine.Name, write.Value, write.Condition, result);
        await ReturnAsync(cancellationToken);
        if (strike is { Kind: FaultKind.LostCommit })
        {
            world.History.Fault(strike.Kind, machine.Name, "answer to the write lost");
            throw new IOException("The connection broke after the commit.");
        }

        return result;
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        Shared.Store.RemoveAsync(key, condition, cancellationToken);

    public virtual async ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        await GoAsync(cancellationToken);
        var lease = await Shared.Store.TryAcquireAsync(key, duration, cancellationToken);
        world.History.Leased(machine.Name, lease);
        await ReturnAsync(cancellationToken);
        return lease is null ? null : new DistantLease(this, lease) { GrantedAt = lease.GrantedAt };
    }

    public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        await GoAsync(cancellationToken);
        var epoch = await Shared.Store.AdvanceEpochAsync(key, cancellationToken);
        await ReturnAsync(cancellationToken);
        return epoch;
    }

    /// <summary>The condition under which this design writes.</summary>
    protected virtual SecretCondition Allowed(SecretCondition condition) => condition;

    private async Task GoAsync(CancellationToken cancellationToken)
    {
        await world.PassAsync(20, cancellationToken);
        await machine.ReachAsync();
        Shared.ThrowIfOut(machine.Name);
    }

    private async Task ReturnAsync(CancellationToken cancellationToken)
    {
        // Most answers are there at once; that halves the timers of a run and leaves every await where a fault may strike.
        if (world.Random.Next(4) == 0)
        {
            await world.PassAsync(20, cancellationToken);
        }

        await machine.ReachAsync();
    }

    private sealed class DistantLease(SimulatedStore store, RefreshLease inner) : RefreshLease(inner.Epoch, inner.IsTakeover, inner.State)
    {
        public override async ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default)
        {
            await store.GoAsync(cancellationToken);
            var isHeld = await inner.RenewAsync(duration, cancellationToken);
            await store.ReturnAsync(cancellationToken);
            return isHeld;
        }

        public override async ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
        {
            await store.GoAsync(cancellationToken);
            await inner.ReleaseAsync(state, cancellationToken);
            await store.ReturnAsync(cancellationToken);
        }
    }
}
