namespace TokenKit.Simulation.Tests;

/// <summary>What the machines of a fleet mean by the one record that they share.</summary>
internal enum Meanings
{
    /// <summary>The same: one definition.</summary>
    None,

    /// <summary>Two versions of the definition, which ask for other scopes.</summary>
    Scopes,

    /// <summary>The same, of a server that is said to keep former access tokens.</summary>
    ScopesOfMany,

    /// <summary>Two versions of the definition, for other audiences.</summary>
    Audiences,

    /// <summary>Two registrations in each process, which ask for the same.</summary>
    Registrations,

    /// <summary>Two registrations in each process, which ask for other scopes, of a server that is said to keep former access tokens.</summary>
    RegistrationsOfMany,

    /// <summary>Two versions of the definition with seeds of their own, and a person who seeds between.</summary>
    Seeds,

    /// <summary>Two versions of the definition, of two clients; the second one brings a grant or not.</summary>
    Clients,
}
