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

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        WriteAsync(write, allowed => Now(run.Store.SetAsync(key, allowed, CancellationToken.None)), cancellationToken);

    private async ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, Func<SecretWrite, SecretWriteResult> done, CancellationToken cancellationToken)
    {
        var written = await worker.RunAsync(
            ExploredRun.Write, () => Write(write with { Condition = Allowed(write.Condition) }, done),
            written => $"{write.Condition.Number}.{write.Condition.Sequence} {written.Outcome} version {written.Version}", cancellationToken);
        _version = written.Version;
        return written;
    }

    public ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Nobody removes.");

    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        var answer = await worker.RunAsync(
            "acquire", () => Acquire(key, request),
            static answer => $"{answer.Outcome} {answer.Entry?.Version} {answer.State} {answer.Lease?.Epoch} {answer.Lease?.IsTakeover} {answer.Lease?.State}", cancellationToken);
        worker.IsHolder = answer.Lease is not null;
        if (answer.Outcome is LeaseOutcome.Changed)
        {
            _version = answer.Entry?.Version ?? 0;
        }

        return answer.With(lease => lease is NoLease ? lease : new ExploredLease(this, key, lease), static entry => entry);
    }

    public ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Nobody seeds.");

    private static T Now<T>(ValueTask<T> done) => done.IsCompleted ? done.Result : throw new InvalidOperationException("The store in memory waits.");

    private SecretWriteResult Write(SecretWrite write, Func<SecretWrite, SecretWriteResult> done)
    {
        var written = done(write);
        run.Wrote(write.Condition, written, write.Value);
        return written;
    }

    private LeaseAnswer Acquire(SecretKey key, LeaseRequest request)
    {
        if (!GivesLeases)
        {
            var entry = Now(run.Store.GetAsync(key, CancellationToken.None));
            return request.KnownVersion == (entry?.Version ?? 0)
                ? LeaseAnswer.Taken(new NoLease(this, key, Now(run.Store.AdvanceEpochAsync(key, CancellationToken.None))), null)
                : LeaseAnswer.Changed(entry);
        }

        var answer = Now(run.Store.TryAcquireAsync(key, request, CancellationToken.None));
        if (answer.Lease is { } lease)
        {
            run.Leased(lease.Epoch, request.Duration);
        }

        return answer;
    }

    private SecretCondition Allowed(SecretCondition condition) => run.Design switch
    {
        Design.NoCoordination or Design.BlindWrite => SecretCondition.Any,
        Design.VersionOnly => _version == 0 ? SecretCondition.Absent : SecretCondition.IfVersion(_version),
        _ => condition,
    };

    private sealed class ExploredLease(ExploredStore store, SecretKey key, RefreshLease inner) : ForwardedLease(inner)
    {
        public override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) =>
            await store.Worker.RunAsync("renew", () => Renew(duration), static renewal => $"{renewal.IsHeld} {renewal.Entry?.Version}", cancellationToken);

        public override async ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
        {
            var written = await store.WriteAsync(write, allowed => Write(allowed, stateToLeave), cancellationToken);
            if (stateToLeave is not null && written.Outcome is SecretWriteOutcome.Written)
            {
                store.Worker.IsHolder = false;
            }

            return written;
        }

        public override async ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
        {
            await store.Worker.RunAsync("release", () => Release(state), static _ => "", cancellationToken);
            store.Worker.IsHolder = false;
        }

        private LeaseRenewal Renew(TimeSpan duration)
        {
            var renewal = Now(Inner.RenewAsync(duration, CancellationToken.None));
            if (renewal.IsHeld)
            {
                store.Run.Leased(Epoch, duration);
            }

            return renewal;
        }

        // A design that writes by another condition gives the lease back as well.
        private SecretWriteResult Write(SecretWrite write, RefreshState? stateToLeave)
        {
            var isFenced = write.Condition.Kind is SecretConditionKind.WrittenBefore;
            var written = Now(isFenced
                ? Inner.WriteAsync(write, stateToLeave, CancellationToken.None)
                : store.Run.Store.SetAsync(key, write, CancellationToken.None));
            if (stateToLeave is not null && written.Outcome is SecretWriteOutcome.Written)
            {
                Release(stateToLeave);
            }

            return written;
        }

        private bool Release(RefreshState state)
        {
            var release = Inner.ReleaseAsync(state, CancellationToken.None);
            store.Run.Released(Epoch, state);
            return release.IsCompletedSuccessfully;
        }
    }

    private ExploredRun Run => run;

    private Worker Worker => worker;
}
