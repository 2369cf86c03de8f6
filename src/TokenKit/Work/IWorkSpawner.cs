namespace TokenKit.Work;

/// <summary>Starts detached work: the only way anything in the library begins to run on its own.</summary>
/// <remarks>
/// A refresh belongs to no caller, so it must carry no caller's execution context: no <see cref="AsyncLocal{T}"/>, no
/// activity, no principal, no log scope. One interface, so that a simulation can run a fleet on one thread.
/// </remarks>
internal interface IWorkSpawner
{
    /// <summary>How completion sources that end a wait are to be created: inline continuations only in a simulation.</summary>
    TaskCreationOptions CompletionOptions { get; }

    /// <summary>Starts the work. It must handle its own exceptions.</summary>
    void Start<TState>(Func<TState, Task> work, TState state);
}
