namespace TokenKit.Testing;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>. What is scheduled is guarded by the provider's lock.</summary>
internal sealed class ManualTimer : ITimer
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly ManualTimeProvider _time;
    private readonly TimerCallback _callback;
    private readonly object? _state;

    // As the platform does: without it, a test would not see what a timer drags along from the call that made it.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    private readonly Lock _runningLock = new();
    private int _running;
    private TaskCompletionSource? _idle;

    public ManualTimer(ManualTimeProvider time, TimerCallback callback, object? state) =>
        (_time, _callback, _state) = (time, callback, state);

    public static IComparer<ManualTimer> ByDueTime { get; } = Comparer<ManualTimer>.Create(static (x, y) =>
        x.DueAt != y.DueAt ? x.DueAt.CompareTo(y.DueAt) : x.Sequence.CompareTo(y.Sequence));

    /// <summary>In ticks of the monotonic clock. Changed only while the timer is not in the provider's set, which is sorted by it.</summary>
    public long DueAt { get; set; }

    /// <summary>Tells apart what is due at one instant: first scheduled, first fired.</summary>
    public long Sequence { get; set; }

    public long Period { get; set; }

    public bool IsDisposed { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfOutOfRange(dueTime, nameof(dueTime));
        ThrowIfOutOfRange(period, nameof(period));
        return _time.Schedule(this, dueTime, period, dispose: false);
    }

    public void Dispose() => _time.Schedule(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, dispose: true);

    /// <summary>Takes the timer off and waits for a callback that runs, as the platform's timer does.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        lock (_runningLock)
        {
            if (_running == 0)
            {
                return ValueTask.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_idle.Task);
        }
    }

    /// <summary>Counts a call that is about to happen: from here on a disposal has to wait for it.</summary>
    public void Enter()
    {
        lock (_runningLock)
        {
            _running++;
        }
    }

    public void Fire()
    {
        try
        {
            if (_context is null)
            {
                _callback(_state);
            }
            else
            {
                ExecutionContext.Run(_context, static timer => ((ManualTimer)timer!).Call(), this);
            }
        }
        finally
        {
            Leave();
        }
    }

    private void Call() => _callback(_state);

    private void Leave()
    {
        TaskCompletionSource? idle = null;
        lock (_runningLock)
        {
            if (--_running == 0)
            {
                (idle, _idle) = (_idle, null);
            }
        }

        idle?.TrySetResult();
    }

    private static void ThrowIfOutOfRange(TimeSpan value, string parameter)
    {
        if (value == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Longest, parameter);
    }
}
