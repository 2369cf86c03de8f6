namespace TokenKit.Storage.Files;

/// <summary>A lease that is a lock of the kernel on a file: it does not run out, and it dies with the process.</summary>
internal sealed class FileRefreshLease(
    FileSecretStore store, SecretKey key, KernelFileLock kernelLock, long epoch, bool isTakeover, RefreshState state)
    : RefreshLease(epoch, isTakeover, state)
{
    private KernelFileLock? _kernelLock = kernelLock;

    public override async ValueTask<LeaseRenewal> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        var entry = await store.EntryOfAsync(key, cancellationToken).ConfigureAwait(false);
        return new LeaseRenewal { IsHeld = Volatile.Read(ref _kernelLock) is not null, Entry = entry };
    }

    public override async ValueTask<SecretWriteResult> WriteAsync(
        SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default)
    {
        ThrowIfNotFenced(write);
        cancellationToken.ThrowIfCancellationRequested();
        var result = await store.WriteAsync(key, write, this, stateToLeave, cancellationToken).ConfigureAwait(false);
        if (stateToLeave is not null && result.Outcome is SecretWriteOutcome.Written)
        {
            store.Forget(this);
            LetGo();
        }

        return result;
    }

    public override async ValueTask ReleaseAsync(RefreshState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (Volatile.Read(ref _kernelLock) is null)
        {
            return;
        }

        try
        {
            await store.ReleaseAsync(key, Epoch, state, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Even when the state could not be written: a lock nobody will give back would stop the key until the process
            // ends. The next holder sees an open lease and treats it as a takeover, which is safe.
            store.Forget(this);
            LetGo();
        }
    }

    public void LetGo() => Interlocked.Exchange(ref _kernelLock, null)?.Dispose();
}
