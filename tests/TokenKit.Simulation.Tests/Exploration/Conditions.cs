namespace TokenKit.Simulation.Tests;

/// <summary>What is explored: how the server rotates, what may happen, and how the workers coordinate.</summary>
internal sealed record Conditions(ServerMode Server, FaultBudget Faults, Design Design = Design.Ours)
{
    public const int Workers = 3;

    public TimeSpan Grace { get; } = Server is ServerMode.Grace ? TimeSpan.FromHours(1) : TimeSpan.Zero;
}

/// <summary>What a server does with a refresh token that was used.</summary>
public enum ServerMode
{
    /// <summary>It goes on working.</summary>
    Static,

    /// <summary>It is replaced, and works for a while yet, as long as its successor was not used.</summary>
    Grace,

    /// <summary>It is replaced, and whoever uses it again ends the grant.</summary>
    Strict,
}

/// <summary>How often each fault may still strike. Where and whom is explored.</summary>
internal sealed record FaultBudget(int Refusals = 0, int LostAnswers = 0, int Crashes = 0, int Pauses = 0);
