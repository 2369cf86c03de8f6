using System.Collections.Concurrent;
using System.Diagnostics;

namespace QuickStart;

/// <summary>Calls from several places at once, again and again, and counts how it went.</summary>
internal sealed class Callers(Func<Task> call)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, int> _failures = new();
    private int _calls;
    private int _ok;

    public DateTimeOffset StartedAt { get; private set; }

    public int Calls => Volatile.Read(ref _calls);

    public int Ok => Volatile.Read(ref _ok);

    public bool AllSucceeded => Calls > 0 && Ok == Calls;

    /// <summary>What went wrong, and how often.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    public Task RunAsync(int count, TimeSpan duration, CancellationToken stopping)
    {
        StartedAt = DateTimeOffset.UtcNow;
        var running = Stopwatch.StartNew();
        return Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            while (running.Elapsed < duration && !stopping.IsCancellationRequested)
            {
                await CallAsync();
                await Task.Delay(Pause, CancellationToken.None);
            }
        }));
    }

    private async Task CallAsync()
    {
        Interlocked.Increment(ref _calls);
        try
        {
            await call();
            Interlocked.Increment(ref _ok);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _failures.AddOrUpdate($"{exception.GetType().Name}: {exception.Message}", 1, static (_, count) => count + 1);
        }
    }
}
