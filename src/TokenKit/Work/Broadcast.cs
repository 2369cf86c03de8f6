namespace TokenKit.Work;

/// <summary>One value that many wait for: each waiter has a task of its own.</summary>
/// <remarks>
/// A single task with several awaits runs one of them inline and queues the others to the thread pool, whatever its
/// options; a simulation on one thread would not replay. Thread-safe; nothing is completed under the lock.
/// </remarks>
internal sealed class Broadcast<T>(TaskCreationOptions options)
    where T : class
{
    private readonly Lock _gate = new();
    private List<TaskCompletionSource<T>>? _waiters;
    private volatile T? _value;

    public bool IsSent => _value is not null;

    public Task<T> WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<T> waiter;
        lock (_gate)
        {
            if (_value is { } value)
            {
                return Task.FromResult(value);
            }

            waiter = new TaskCompletionSource<T>(options);
            (_waiters ??= []).Add(waiter);
        }

        if (!WaitingThread.IsThis)
        {
            return waiter.Task.WaitAsync(cancellationToken);
        }

        waiter.Task.Wait(cancellationToken);
        return waiter.Task;
    }

    public void Send(T value)
    {
        List<TaskCompletionSource<T>>? waiters;
        lock (_gate)
        {
            (waiters, _waiters) = (_waiters, null);
            _value ??= value;
        }

        foreach (var waiter in waiters ?? [])
        {
            waiter.TrySetResult(value);
        }
    }
}
