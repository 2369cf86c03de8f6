namespace TokenKit;

/// <summary>Some of the keys of a registration.</summary>
/// <param name="Items">The states on this page.</param>
/// <param name="Total">How many keys there are on all pages.</param>
public sealed record TokenStatusPage(IReadOnlyList<TokenStatus> Items, int Total);
