namespace TokenKit.Simulation.Tests;

/// <summary>The conditions of a run.</summary>
internal sealed record Scenario(string Name)
{
    /// <summary>Machines that share the token, one process each.</summary>
    public int Machines { get; init; } = 2;

    /// <summary>What may strike: one of these, or all, each once.</summary>
    public IReadOnlyList<FaultKind> Faults { get; init; } = [];

    public bool AllFaults { get; init; }

    /// <summary>How long the server takes a rotated refresh token again; the definition knows it.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>What else the server does.</summary>
    public ServerHabits Habits { get; init; }

    /// <summary>What the machines mean by the record that they share.</summary>
    public Meanings Meanings { get; init; }

    /// <summary>How the machines coordinate.</summary>
    public Design Design { get; init; }

    public override string ToString() => Name;
}
