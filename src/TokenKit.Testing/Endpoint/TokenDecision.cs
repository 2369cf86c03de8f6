namespace TokenKit.Testing;

/// <summary>What the endpoint decided about one request.</summary>
internal sealed record TokenDecision(TokenRequestOutcome Outcome)
{
    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public string? Scope { get; init; }

    public string? Description { get; init; }

    public static TokenDecision Refused(TokenRequestOutcome outcome, string description) =>
        new(outcome) { Description = description };

    public override string ToString() => Outcome.ToString();
}
