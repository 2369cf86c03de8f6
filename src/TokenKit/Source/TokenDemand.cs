namespace TokenKit;

/// <summary>What a caller asks of a token beyond its being usable.</summary>
public sealed record TokenDemand
{
    internal static readonly TokenDemand Default = new();

    /// <summary>Whose token; empty where the registration serves one.</summary>
    public string Subject { get; init; } = "";

    /// <summary>
    /// How long the token must still live; zero by default. Where the server's whole lifetime is shorter, one refresh is
    /// made and what came is accepted.
    /// </summary>
    public TimeSpan MinimumValidity { get; init; }

    /// <summary>Whether a refresh is wanted although the token still works.</summary>
    public bool Force { get; init; }

    /// <summary>
    /// The token an API refused. Any newer one satisfies the demand; only when the current one is still this one is a
    /// refresh made.
    /// </summary>
    public AccessToken? Rejected { get; init; }
}
