using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>One version of the definition: what it asks for, of whom, and what it begins with.</summary>
/// <param name="Number">Which of the fleet's, from 0.</param>
internal sealed record Meaning(int Number)
{
    /// <summary>The registration it belongs to; all of them share one record.</summary>
    public string Registration { get; init; } = Fleet.Key.Name;

    /// <summary>The first refresh token, where the configuration brings one.</summary>
    public string? Seed { get; init; }

    /// <summary>How long the server takes a rotated one again.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>What a refresh asks for; the scope granted at first where it asks for none.</summary>
    public string? Scope { get; init; }

    public string? Audience { get; init; }

    public string Client { get; init; } = FakeTokenEndpoint.DefaultClientId;

    /// <summary>Whether the record holds a token for each mark.</summary>
    public bool KeepsMany { get; init; }

    public override string ToString() => $"{Registration} {Number}";
}
