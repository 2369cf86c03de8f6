using TokenKit.Work;

namespace TokenKit.Simulation.Tests;

/// <summary>Starts detached work a random moment later, on the simulation's own thread.</summary>
internal sealed class SimulatedWork(World world, Machine machine) : IWorkSpawner
{
    /// <summary>Inline: whoever completes a wait runs what waited, on the one thread.</summary>
    public TaskCreationOptions CompletionOptions => TaskCreationOptions.None;

    public void Start<TState>(Func<TState, Task> work, TState state) => _ = RunAsync(work, state);

    private async Task RunAsync<TState>(Func<TState, Task> work, TState state)
    {
        await world.PassAsync(50);
        await machine.ReachAsync();
        await work(state);
    }
}
