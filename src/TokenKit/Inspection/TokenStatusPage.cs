namespace TokenKit;

/// <summary>Some of the keys of a registration.</summary>
public sealed record TokenStatusPage
{
    /// <summary>The states on this page.</summary>
    public required IReadOnlyList<TokenStatus> Items { get; init; }

    /// <summary>How many keys there are on all pages.</summary>
    public required int Total { get; init; }
}
