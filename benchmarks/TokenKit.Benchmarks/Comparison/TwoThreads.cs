using System.Diagnostics;

namespace TokenKit.Benchmarks;

/// <summary>Two threads that begin at the same moment. Threads of their own: a pool may run both halves on one.</summary>
internal sealed class TwoThreads : IDisposable
{
    private readonly SemaphoreSlim[] _begin = [new(0), new(0)];
    private readonly CountdownEvent _end = new(1);
    private readonly long[] _starts = new long[2];
    private readonly long[] _stops = new long[2];
    private Func<int, Task>? _work;
    private int _times;
    private int _together;
    private int _ready;
    private bool _disposed;

    public TwoThreads()
    {
        for (var number = 0; number < 2; number++)
        {
            var place = number;
            new Thread(() => Work(place)) { IsBackground = true }.Start();
        }
    }

    /// <summary>Does the work that many times on each of so many threads.</summary>
    /// <returns>Nanoseconds from the first start to the last stop, for each single time.</returns>
    public double Run(Func<int, Task> work, int times, int threads)
    {
        (_work, _times, _together, _ready) = (work, times, threads, 0);
        _end.Reset(threads);
        for (var place = 0; place < threads; place++)
        {
            _begin[place].Release();
        }

        _end.Wait();
        var took = Stopwatch.GetElapsedTime(_starts.Take(threads).Min(), _stops.Take(threads).Max());
        return took.TotalNanoseconds / ((double)times * threads);
    }

    public void Dispose()
    {
        _disposed = true;
        Array.ForEach(_begin, semaphore => semaphore.Release());
    }

    private void Work(int place)
    {
        while (true)
        {
            _begin[place].Wait();
            if (_disposed)
            {
                return;
            }

            Interlocked.Increment(ref _ready);
            while (Volatile.Read(ref _ready) < _together)
            {
                Thread.SpinWait(10);
            }

            _starts[place] = Stopwatch.GetTimestamp();
            _work!(_times).GetAwaiter().GetResult();
            _stops[place] = Stopwatch.GetTimestamp();
            _end.Signal();
        }
    }
}
