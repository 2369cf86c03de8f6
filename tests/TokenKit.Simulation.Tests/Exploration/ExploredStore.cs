namespace TokenKit.Simulation.Tests;

/// <summary>The shared store as one worker sees it: every call waits for its turn.</summary>
internal sealed class ExploredStore(ExploredRun run, Worker worker) : ISecretStore, IRefreshLeaseProvider
{
    private long _version;

    private bool GivesLeases => run.Design is not (Design.NoCoordination or Design.VersionOnly);

    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        var entry = await worker.RunAsync(
            "read", () => Now(run.Store.GetAsync(key, CancellationToken.None)), static entry => $"version {entry?.Version}", cancellationToken);
        _version = entry?.Version ?? 0;
        return entry;
    }

    public async ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default)
    {
        var written = await worker.RunAsync(
            ExploredRun.Write, () => Write(key, write with { Condition = Allowed(write.Condition) }),
            written => $"{write.Condition.Number}.{write.Condition.Sequence} {written.Outcome} version {written.Version}", cancellationToken);
        _version = written.Version;
        return written;
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Nobody removes.");

    public async ValueTask<RefreshLease?> TryAcquireAsync(SecretKey key, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var lease = await worker.RunAsync(
            "acquire", () => Acquire(key, duration), static lease => $"{lease?.Epoch} {lease?.IsTakeover} {lease?.State}", cancellationToken);
        worker.IsHolder = lease is not null;
        return lease is null ? null : new ExploredLease(this, lease) { GrantedAt = lease.GrantedAt };
    }

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Nobody seeds.");

    private static T Now<T>(ValueTask<T> done) => done.IsCompleted ? done.Result : throw new InvalidOperationException("The store in memory waits.");

    private SecretWriteResult Write(SecretKey key, SecretWrite write)
    {
        var written = Now(run.Store.SetAsync(key, write, CancellationToken.None));
        run.Wrote(write.Condition, written, write.Value);
        return written;
    }

    private RefreshLease? Acquire(SecretKey key, TimeSpan duration)
    {
        if (!GivesLeases)
        {
            return new NoLease(Now(run.Store.AdvanceEpochAsync(key, CancellationToken.None)));
        }

        var lease = Now(run.Store.TryAcquireAsync(key, duration, CancellationToken.None));
        if (lease is not null)
        {
            run.Leased(lease.Epoch, duration);
        }

        return lease;
    }

    private SecretCondition Allowed(SecretCondition condition) => run.Design switch
    {
        Design.NoCoordination or Design.BlindWrite => SecretCondition.Any,
        Design.VersionOnly => _version == 0 ? SecretCondition.Absent : SecretCondition.IfVersion(_version),
        _ => condition,
    };

    private sealed class ExploredLease(ExploredStore store, RefreshLease inner) : RefreshLease(inner.Epoch, inner.IsTakeover, inner.State)
    {
        public override async ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            await store.Worker.RunAsync("renew", () => Renew(duration), static isHeld => $"{isHeld}", cancellationToken);

        public override async ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
        {
            await store.Worker.RunAsync("release", () => Release(state), static _ => "", cancellationToken);
            store.Worker.IsHolder = false;
        }

        private bool Renew(TimeSpan duration)
        {
            var isHeld = Now(inner.RenewAsync(duration, CancellationToken.None));
            if (isHeld)
            {
                store.Run.Leased(Epoch, duration);
            }

            return isHeld;
        }

        private bool Release(RefreshState state)
        {
            var release = inner.ReleaseAsync(state, CancellationToken.None);
            store.Run.Released(Epoch, state);
            return release.IsCompletedSuccessfully;
        }
    }

    private ExploredRun Run => run;

    private Worker Worker => worker;
}
