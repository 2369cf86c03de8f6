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
        return entry is null ? null : AsSeen(key, entry);
    }

    public virtual ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        WriteAsync(write, allowed => Shared.Store.SetAsync(key, allowed, cancellationToken), cancellationToken);

    private async ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, Func<SecretWrite, ValueTask<SecretWriteResult>> done, CancellationToken cancellationToken)
    {
        await GoAsync(cancellationToken);
        var strike = world.Plan.AtWrite(++Shared.Writes);
        if (strike is { Kind: FaultKind.FailingWrites })
        {
            world.History.Fault(strike.Kind, machine.Name, "write refused");
            throw new IOException("The store refused the write.");
        }

        var result = await done(write with { Condition = Allowed(write.Condition) });
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

    public virtual async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        await GoAsync(cancellationToken);
        var answer = await Shared.Store.TryAcquireAsync(key, request, cancellationToken);
        if (answer.Entry is not null)
        {
            world.History.Read(machine.Name);
        }

        world.History.Leased(machine.Name, answer.Lease);
        await ReturnAsync(cancellationToken);
        return answer.With(lease => new DistantLease(this, key, lease), entry => AsSeen(key, entry));
    }

    public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        await GoAsync(cancellationToken);
        var epoch = await Shared.Store.AdvanceEpochAsync(key, cancellationToken);
        await ReturnAsync(cancellationToken);
        return epoch;
    }

    /// <summary>What this design sees of what is stored.</summary>
    protected virtual SecretEntry AsSeen(SecretKey key, SecretEntry entry) => entry;

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

    private sealed class DistantLease(SimulatedStore store, SecretKey key, RefreshLease inner) : ForwardedLease(inner)
    {
        public override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default)
        {
            await store.GoAsync(cancellationToken);
            var renewal = await Inner.RenewAsync(duration, cancellationToken);
            await store.ReturnAsync(cancellationToken);
            return renewal.Entry is { } entry ? renewal with { Entry = store.AsSeen(key, entry) } : renewal;
        }

        public override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
            store.WriteAsync(write, allowed => allowed.Condition == write.Condition
                ? Inner.WriteAsync(allowed, stateToLeave, cancellationToken)
                : store.Shared.WriteAnywayAsync(key, allowed, Inner, stateToLeave), cancellationToken);

        public override async ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
        {
            await store.GoAsync(cancellationToken);
            await Inner.ReleaseAsync(state, cancellationToken);
            await store.ReturnAsync(cancellationToken);
        }
    }
}
