namespace TokenKit.Work;

/// <summary>
/// Starts detached work on the thread pool, or for a thread that waits on a thread of its own; without the caller's execution context.
/// </summary>
/// <remarks>
/// <see cref="ThreadPool.UnsafeQueueUserWorkItem{TState}(Action{TState}, TState, bool)"/> rather than
/// <see cref="ExecutionContext.SuppressFlow"/> around <c>Task.Run</c>: a task that completes inline was seen to leak the
/// context it was started in.
/// </remarks>
internal sealed class ThreadPoolSpawner : IWorkSpawner
{
    public TaskCreationOptions CompletionOptions => TaskCreationOptions.RunContinuationsAsynchronously;

    public void Start<TState>(Func<TState, Task> work, TState state)
    {
        if (WaitingThread.IsThis)
        {
            StartThread(() => _ = work(state));
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static item => _ = item.work(item.state), (work, state), preferLocal: false);
    }

    private static void StartThread(Action work) => new Thread(work.Invoke) { IsBackground = true, Name = "TokenKit" }.UnsafeStart();
}
