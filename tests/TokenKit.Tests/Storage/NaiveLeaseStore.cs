namespace TokenKit.Tests;

/// <summary>What leases written in a hurry get wrong, one fault at a time.</summary>
public enum LeaseFault
{
    IsNoProvider,
    ExcludesNobody,
    AdvanceFencesNobody,
    FencesTheLateHolder,
    LosesTheState,
    CountsAgesFromTheWrite,
    IgnoresTheKindOfLeases,
    IgnoresTheKindOfEpochs,
    IgnoresWhatIsStored,
    IgnoresTheWait,
    TellsNoNewsWhileItIsHeld,
    TellsNoLastEpoch,
    GivesTheLeaseBackWithARefusedWrite,
    GivesTheLeaseOfTheSuccessorBack,
    KeepsTheLeaseAfterTheLastWrite,
    FencesWritesByOwnership,
    RenewsWithoutTheEntry,
}

internal sealed class NaiveLeaseStore(LeaseFault fault, InMemorySecretStore inner) : ISecretStore, IRefreshLeaseProvider
{
    private long _epoch;
    private RefreshLease? _last;

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        inner.GetAsync(key, cancellationToken);

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        inner.SetAsync(key, fault == LeaseFault.CountsAgesFromTheWrite ? write with { AgeCountsFrom = null } : write, cancellationToken);

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        inner.RemoveAsync(key, condition, cancellationToken);

    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        if (fault is LeaseFault.ExcludesNobody or LeaseFault.AdvanceFencesNobody)
        {
            return LeaseAnswer.Taken(new FreeLease(this, key, Interlocked.Increment(ref _epoch)), request.KnownVersion is null ? await inner.GetAsync(key, cancellationToken) : null);
        }

        var answer = await inner.TryAcquireAsync(
            fault == LeaseFault.IgnoresTheKindOfLeases ? key with { Kind = default } : key,
            fault switch
            {
                LeaseFault.IgnoresWhatIsStored => new LeaseRequest(request.Duration) { OverridesWait = request.OverridesWait },
                LeaseFault.IgnoresTheWait => request with { OverridesWait = true },
                _ => request,
            },
            cancellationToken);
        if (fault is LeaseFault.TellsNoNewsWhileItIsHeld && answer.Outcome is LeaseOutcome.Changed)
        {
            var probe = await inner.TryAcquireAsync(key, new LeaseRequest(request.Duration) { OverridesWait = true }, cancellationToken);
            if (probe.Lease is not { } free)
            {
                return LeaseAnswer.Held;
            }

            await free.ReleaseAsync(free.State, cancellationToken);
        }

        _last = answer.Lease ?? _last;
        if (fault == LeaseFault.FencesTheLateHolder && answer.Lease is { IsTakeover: true })
        {
            await inner.AdvanceEpochAsync(key, cancellationToken);
        }

        return fault is LeaseFault.TellsNoLastEpoch && answer.Outcome is LeaseOutcome.Waiting
            ? LeaseAnswer.Waiting(answer.State!, lastEpoch: 0)
            : answer.With(lease => new NaiveLease(fault, this, key, lease), static entry => entry);
    }

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        fault == LeaseFault.AdvanceFencesNobody ? new(Interlocked.Increment(ref _epoch))
        : inner.AdvanceEpochAsync(fault == LeaseFault.IgnoresTheKindOfEpochs ? key with { Kind = SecretKind.Secret } : key, cancellationToken);

    private sealed class FreeLease(NaiveLeaseStore store, SecretKey key, long epoch) : RefreshLease(epoch, isTakeover: false, RefreshState.Alive)
    {
        public override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            new() { IsHeld = true, Entry = await store.GetAsync(key, cancellationToken) };

        public override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
            store.SetAsync(key, write, cancellationToken);

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) => default;
    }

    private sealed class NaiveLease(LeaseFault fault, NaiveLeaseStore store, SecretKey key, RefreshLease inner) : ForwardedLease(inner)
    {
        public override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default)
        {
            var renewal = await Inner.RenewAsync(duration, cancellationToken);
            return fault is LeaseFault.RenewsWithoutTheEntry ? renewal with { Entry = null } : renewal;
        }

        public override async ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
        {
            switch (fault)
            {
                case LeaseFault.FencesWritesByOwnership when !(await Inner.RenewAsync(TimeSpan.FromMinutes(1), cancellationToken)).IsHeld:
                    return new SecretWriteResult { Outcome = SecretWriteOutcome.Conflict, Version = (await store.GetAsync(key, cancellationToken))?.Version ?? 0 };
                case LeaseFault.KeepsTheLeaseAfterTheLastWrite:
                    return await Inner.WriteAsync(write, stateToLeave: null, cancellationToken);
                case LeaseFault.LosesTheState:
                    return await Inner.WriteAsync(write, stateToLeave is null ? null : RefreshState.Alive, cancellationToken);
            }

            var result = await Inner.WriteAsync(write, stateToLeave, cancellationToken);
            if (stateToLeave is not null)
            {
                switch (fault)
                {
                    case LeaseFault.GivesTheLeaseBackWithARefusedWrite:
                        await Inner.ReleaseAsync(stateToLeave, cancellationToken);
                        break;
                    case LeaseFault.GivesTheLeaseOfTheSuccessorBack when store._last is { } last:
                        await last.ReleaseAsync(last.State, cancellationToken);
                        break;
                }
            }

            return result;
        }

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            Inner.ReleaseAsync(fault is LeaseFault.LosesTheState ? RefreshState.Alive : state, cancellationToken);
    }
}
