namespace TokenKit.Simulation.Tests;

/// <summary>What servers do beyond the rules of rotation, each as it likes.</summary>
[Flags]
internal enum ServerHabits
{
    None = 0,

    /// <summary>A refresh ends the access token before it: a call that has it is refused with 401.</summary>
    EndsFormerAccessTokens = 1,

    /// <summary>A refresh that names a smaller scope narrows the grant for good.</summary>
    NarrowsGrant = 2,
}
