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
}

internal sealed class NaiveLeaseStore(LeaseFault fault, InMemorySecretStore inner) : ISecretStore, IRefreshLeaseProvider
{
    private long _epoch;

    public ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        inner.GetAsync(key, cancellationToken);

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        inner.SetAsync(key, fault == LeaseFault.CountsAgesFromTheWrite ? write with { AgeCountsFrom = null } : write, cancellationToken);

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        inner.RemoveAsync(key, condition, cancellationToken);

    public async ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        if (fault is LeaseFault.ExcludesNobody or LeaseFault.AdvanceFencesNobody)
        {
            return new FreeLease(Interlocked.Increment(ref _epoch));
        }

        var lease = await inner.TryAcquireAsync(
            fault == LeaseFault.IgnoresTheKindOfLeases ? key with { Kind = default } : key, duration, cancellationToken);
        if (fault == LeaseFault.FencesTheLateHolder && lease is { IsTakeover: true })
        {
            await inner.AdvanceEpochAsync(key, cancellationToken);
        }

        return lease is not null && fault == LeaseFault.LosesTheState ? new ForgetfulLease(lease) : lease;
    }

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        fault == LeaseFault.AdvanceFencesNobody ? new(Interlocked.Increment(ref _epoch))
        : inner.AdvanceEpochAsync(fault == LeaseFault.IgnoresTheKindOfEpochs ? key with { Kind = SecretKind.Secret } : key, cancellationToken);

    private sealed class FreeLease(long epoch) : RefreshLease(epoch, isTakeover: false, RefreshState.Alive)
    {
        public override ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) => new(true);

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) => default;
    }

    private sealed class ForgetfulLease(RefreshLease inner) : RefreshLease(inner.Epoch, inner.IsTakeover, inner.State)
    {
        public override ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            inner.RenewAsync(duration, cancellationToken);

        public override ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default) =>
            inner.ReleaseAsync(RefreshState.Alive, cancellationToken);
    }
}
