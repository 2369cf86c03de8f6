namespace TokenKit.Scheduling;

/// <summary>One waiter's alarm: ends a wait at a time, or at once when it is rung. One timer for all of it.</summary>
/// <remarks>
/// Its timer is made by the first wait, so that it carries the execution context of the waiter and not of whoever rings.
/// Ringing is remembered for the next wait. Safe for use by several threads; one waits at a time.
/// </remarks>
internal sealed class Alarm(TimeProvider time, TaskCreationOptions completionOptions) : IDisposable
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private ITimer? _timer;
    private bool _isRung;

    /// <param name="atMost">How long; at most what a timer takes (49 days). <see langword="null"/>: until it is rung.</param>
    public Task WaitAsync(TimeSpan? atMost)
    {
        lock (_gate)
        {
            if (_isRung)
            {
                _isRung = false;
                return Task.CompletedTask;
            }

            _timer ??= time.CreateTimer(static alarm => ((Alarm)alarm!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _waiting = new TaskCompletionSource(completionOptions);
            _timer.Change(atMost ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return _waiting.Task;
        }
    }

    public void Ring()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            (waiting, _waiting) = (_waiting, null);
            _isRung = waiting is null;
        }

        waiting?.TrySetResult();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
        }
    }
}
