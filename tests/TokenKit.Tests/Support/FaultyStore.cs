using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A store that works, and fails when it is told to.</summary>
internal sealed class FaultyStore : ISecretStore, IRefreshLeaseProvider, ISecretChanges
{
    private readonly InMemorySecretStore _inner;
    private int _failingWrites;
    private int _lostWriteAnswers;
    private RefreshLease? _lastLease;
    private volatile int _epochs;
    private Action? _epochsWaitedFor;

    public FaultyStore() => _inner = new InMemorySecretStore(Time);

    private event Action<SecretChange>? Changed;

    public ManualTimeProvider Time { get; } = new();

    public int Writes { get; private set; }

    public int Reads { get; private set; }

    public int Leases { get; private set; }

    /// <summary>Runs before the next read.</summary>
    public Func<Task>? BeforeRead { get; set; }

    /// <summary>Runs after the next read, while its answer is on its way.</summary>
    public Func<Task>? AfterRead { get; set; }

    /// <summary>Runs before the next write, so that a test can put something in between.</summary>
    public Func<Task>? BeforeWrite { get; set; }

    /// <summary>Runs before the next removal, so that a test can put something in between.</summary>
    public Func<Task>? BeforeRemoval { get; set; }

    /// <summary>Ends when so many epochs were drawn without a lease.</summary>
    public Task WaitForEpochsAsync(int count)
    {
        var drawn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _epochsWaitedFor = () =>
        {
            if (_epochs >= count)
            {
                drawn.TrySetResult();
            }
        };
        _epochsWaitedFor();
        return drawn.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Runs after every refusal of a lease, while it is on its way.</summary>
    public Action? LeaseRefused { get; set; }

    /// <summary>Runs when the next lease is granted, while it is on its way.</summary>
    public Func<Task>? LeaseGranted { get; set; }

    public IDisposable Subscribe(Action<SecretChange> changed)
    {
        Changed += changed;
        return new Ending(() => Changed -= changed);
    }

    /// <summary>Tells those who subscribed.</summary>
    public void Raise(SecretChange change) => Changed?.Invoke(change);

    /// <summary>Whether what is stored is locked: it is read, and no write is taken.</summary>
    public bool IsLocked { get; set; }

    public bool IsHeard => Changed is not null;

    public void FailWrites(int count) => _failingWrites = count;

    /// <summary>The next writes are done, and their answers lost.</summary>
    public void LoseWriteAnswers(int count) => _lostWriteAnswers = count;

    /// <summary>Gives the lease that was taken last to another holder, as when it had run out.</summary>
    public async Task GiveLeaseAwayAsync(SecretKey key)
    {
        await _lastLease!.ReleaseAsync(RefreshState.Alive);
        (await _inner.TryTakeAsync(key, TimeSpan.FromMinutes(1))).Should().NotBeNull();
    }

    public async ValueTask<SecretEntry?> GetAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        Reads++;
        if (BeforeRead is { } before)
        {
            BeforeRead = null;
            await before();
        }

        var entry = await _inner.GetAsync(key, cancellationToken);
        if (AfterRead is { } after)
        {
            AfterRead = null;
            await after();
        }

        return entry is null ? null : entry with { IsLocked = IsLocked };
    }

    public ValueTask<SecretWriteResult> SetAsync(SecretKey key, SecretWrite write, CancellationToken cancellationToken = default) =>
        WriteAsync(() => _inner.SetAsync(key, write, cancellationToken));

    private async ValueTask<SecretWriteResult> WriteAsync(Func<ValueTask<SecretWriteResult>> write)
    {
        Writes++;
        if (BeforeWrite is { } before)
        {
            BeforeWrite = null;
            await before();
        }

        if (_failingWrites > 0)
        {
            _failingWrites--;
            throw new IOException("The disk is full.");
        }

        if (IsLocked)
        {
            return new SecretWriteResult { Outcome = SecretWriteOutcome.Locked, Version = 0 };
        }

        var result = await write();
        if (_lostWriteAnswers > 0)
        {
            _lostWriteAnswers--;
            throw new IOException("The connection broke after the commit.");
        }

        return result;
    }

    public async ValueTask<bool> RemoveAsync(SecretKey key, SecretCondition condition, CancellationToken cancellationToken = default)
    {
        if (BeforeRemoval is { } before)
        {
            BeforeRemoval = null;
            await before();
        }

        return await _inner.RemoveAsync(key, condition, cancellationToken);
    }

    public async ValueTask<LeaseAnswer> TryAcquireAsync(SecretKey key, LeaseRequest request, CancellationToken cancellationToken = default)
    {
        Leases++;
        if (IsLocked && await _inner.GetAsync(key, cancellationToken) is { } locked)
        {
            return LeaseAnswer.Changed(locked with { IsLocked = true });
        }

        var answer = await _inner.TryAcquireAsync(key, request, cancellationToken);
        if (answer.Outcome is LeaseOutcome.Held)
        {
            LeaseRefused?.Invoke();
        }
        else if (answer.Lease is not null && LeaseGranted is { } granted)
        {
            LeaseGranted = null;
            await granted();
        }

        _lastLease = answer.Lease ?? _lastLease;
        return answer.With(lease => new FaultyLease(this, lease), static entry => entry);
    }

    public async ValueTask<long> AdvanceEpochAsync(SecretKey key, CancellationToken cancellationToken = default)
    {
        var epoch = await _inner.AdvanceEpochAsync(key, cancellationToken);
        Interlocked.Increment(ref _epochs);
        _epochsWaitedFor?.Invoke();
        return epoch;
    }

    private sealed class FaultyLease(FaultyStore store, RefreshLease inner) : ForwardedLease(inner)
    {
        public override ValueTask<SecretWriteResult> WriteAsync(
            SecretWrite write, RefreshState? stateToLeave, CancellationToken cancellationToken = default) =>
            store.WriteAsync(() => Inner.WriteAsync(write, stateToLeave, cancellationToken));
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
