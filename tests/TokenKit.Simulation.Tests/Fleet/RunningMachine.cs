namespace TokenKit.Simulation.Tests;

/// <summary>A machine with what runs on it; without registrations it is about to be started again.</summary>
internal sealed class RunningMachine(Machine machine, IReadOnlyList<RunningRegistration> registrations)
{
    public Machine Machine { get; } = machine;

    public IReadOnlyList<RunningRegistration> Registrations { get; } = registrations;

    public List<Task> Callers { get; } = [];

    public bool IsDone => Registrations.Count > 0
        && Callers.TrueForAll(static caller => caller.IsCompleted)
        && Registrations.All(static registration => registration.Instance.Flights.OwnSlot.Flight is null);
}
