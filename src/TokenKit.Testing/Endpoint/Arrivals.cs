using System.Globalization;

namespace TokenKit.Testing;

/// <summary>Counts the requests of a fake and lets tests wait for a number of them.</summary>
internal sealed class Arrivals
{
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Came)> _waiters = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add()
    {
        List<(int Count, TaskCompletionSource Came)> done;
        lock (_lock)
        {
            _count++;
            if (_waiters.Count == 0)
            {
                return;
            }

            done = _waiters.FindAll(waiter => waiter.Count <= _count);
            _waiters.RemoveAll(done.Contains);
        }

        done.ForEach(static waiter => waiter.Came.TrySetResult());
    }

    public Task WaitAsync(int count, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_count >= count)
            {
                return Task.CompletedTask;
            }

            _waiters.Add((count, came));
        }

        return Signals.WaitAsync(came.Task, timeout, () => string.Create(CultureInfo.InvariantCulture,
            $"waited for {count} requests, {Count} have arrived"), cancellationToken);
    }
}
