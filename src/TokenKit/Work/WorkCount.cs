namespace TokenKit.Work;

/// <summary>Counts detached work under way, so that an orderly end can wait for it.</summary>
/// <remarks>Thread-safe; nothing is completed under the lock.</remarks>
internal sealed class WorkCount(TaskCreationOptions completionOptions)
{
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource> _waiters = [];
    private int _underWay;

    public void Enter()
    {
        lock (_gate)
        {
            _underWay++;
        }
    }

    public void Leave()
    {
        TaskCompletionSource[] waiters = [];
        lock (_gate)
        {
            if (--_underWay == 0 && _waiters.Count > 0)
            {
                waiters = [.. _waiters];
                _waiters.Clear();
            }
        }

        foreach (var waiter in waiters)
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Ends when nothing is under way.</summary>
    public Task IdleAsync()
    {
        lock (_gate)
        {
            if (_underWay == 0)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(completionOptions);
            _waiters.Add(waiter);
            return waiter.Task;
        }
    }
}
