namespace TokenKit.Work;

/// <summary>Marks a thread that has to wait for what it begins, since its caller called a synchronous method.</summary>
/// <remarks>
/// Such threads may be all that the pool has. What ends their wait must need none of it: a refresh that one of them starts gets a thread of
/// its own, and it waits for the refresh itself and not for a continuation that the pool would run. Measured with 200 calls in a pool that
/// begins with 2 threads: the refresh, queued behind all of them, began after more than 45 s.
/// </remarks>
internal static class WaitingThread
{
    [ThreadStatic]
    private static bool _isThis;

    /// <summary>Whether the calling thread is one.</summary>
    public static bool IsThis => _isThis;

    /// <summary>Begins work on the calling thread and waits for its end. The work is our own: nothing in it may need the caller's context.</summary>
    public static T Wait<TState, T>(Func<TState, ValueTask<T>> work, TState state)
    {
        ValueTask<T> pending;
        var before = _isThis;
        _isThis = true;
        try
        {
            pending = work(state);
        }
        finally
        {
            _isThis = before;
        }

        return pending.IsCompleted ? pending.GetAwaiter().GetResult() : pending.AsTask().GetAwaiter().GetResult();
    }
}
