namespace TokenKit;

/// <summary>One step of a refresh as it went, for people to read.</summary>
public readonly record struct RefreshStep
{
    /// <summary>
    /// The step's name: <c>clear</c>, <c>request</c>, <c>map</c>, <c>validate</c>, <c>persist</c>; and <c>place</c>, where a placement
    /// reads secrets, assertions or a certificate, which are fetched after the write.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether the next step was reached, or the refresh done.</summary>
    public required bool Succeeded { get; init; }
}
