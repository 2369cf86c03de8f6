using TokenKit.Source;

namespace TokenKit.Simulation.Tests;

/// <summary>A machine with what runs on it; without an instance it is about to be started again.</summary>
internal sealed class RunningMachine(Machine machine, TokenComposition? instance)
{
    public Machine Machine { get; } = machine;

    public TokenComposition? Instance { get; } = instance;

    public List<Task> Callers { get; } = [];

    /// <summary>The newest access token that a caller of this process was given.</summary>
    public int NewestServed { get; set; }

    public bool IsDone => Instance is not null && Callers.TrueForAll(static caller => caller.IsCompleted) && Instance.Flights.OwnSlot.Flight is null;
}
