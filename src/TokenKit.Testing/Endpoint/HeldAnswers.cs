using System.Globalization;

namespace TokenKit.Testing;

/// <summary>Answers of a fake that wait to be released. The work has been done; the caller does not know it yet.</summary>
/// <remarks>Safe for use by several threads.</remarks>
public sealed class HeldAnswers : IDisposable
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _count;
    private int _held;

    internal HeldAnswers(int count) => _count = count;

    /// <summary>How many requests have arrived so far.</summary>
    public int Arrived => Volatile.Read(ref _held);

    /// <summary>Waits until every request that was to be held has arrived.</summary>
    /// <param name="timeout">In real time; 30 seconds by default.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when they are there.</returns>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public Task WaitForArrivalAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Signals.WaitAsync(_arrived.Task, timeout, () => string.Create(CultureInfo.InvariantCulture,
            $"{Arrived} of {_count} requests to hold have arrived"), cancellationToken);

    /// <summary>Lets the answers go: those that wait and those still to come. Calling it again has no effect.</summary>
    public void Release() => _release.TrySetResult();

    /// <summary>Releases, so that a test that fails leaves nobody waiting.</summary>
    public void Dispose() => Release();

    internal Task HoldAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _held) == _count)
        {
            _arrived.TrySetResult();
        }

        return _release.Task.WaitAsync(cancellationToken);
    }
}
