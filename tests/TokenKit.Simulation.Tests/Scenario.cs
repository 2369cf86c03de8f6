namespace TokenKit.Simulation.Tests;

/// <summary>What a run allows to happen.</summary>
internal sealed record Scenario
{
    /// <summary>Instances that share the token; one process each, as it were.</summary>
    public int Instances { get; init; } = 1;

    /// <summary>Share of requests that the network or the server spoils.</summary>
    public double NetworkFaults { get; init; }

    /// <summary>Share of writes that the store refuses.</summary>
    public double FailingWrites { get; init; }

    /// <summary>How long the server takes a rotated refresh token again; the definition knows it.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>Each instance keeps a store of its own: no coordination. Known to be wrong; kept to be caught.</summary>
    public bool SeparateStores { get; init; }
}
