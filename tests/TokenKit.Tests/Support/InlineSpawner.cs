using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>Runs detached work at once, on the thread that starts it: with a manual clock everything happens in its order.</summary>
internal sealed class InlineSpawner : IWorkSpawner
{
    public TaskCreationOptions CompletionOptions => TaskCreationOptions.None;

    public void Start<TState>(Func<TState, Task> work, TState state) => _ = work(state);
}
