using TokenKit.Values;

namespace TokenKit;

/// <summary>What a caller asks of a token beyond its being usable.</summary>
public sealed record TokenDemand
{
    internal static readonly TokenDemand Default = new();

    /// <summary>Whose token; empty where the registration serves one. At most 256 characters.</summary>
    /// <exception cref="ArgumentException">The value has more than 256 characters.</exception>
    public string Subject
    {
        get;
        init => field = SubjectLength.Checked(value, nameof(value));
    } = "";

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
