namespace TokenKit.Tests;

/// <summary>The cells of the matrix: each possible pair of values stands in one at least, and each part of each grant at each entry.</summary>
internal static class MatrixCells
{
    public static IReadOnlyList<MatrixExclusion> Exclusions { get; } =
    [
        new("a person consents to a refresh token; other grants need nobody", static cell => cell.Entry is EntryAxis.Consent && !cell.IsSeeded),
        new("a requester is not told of a code", static cell => cell.Entry is EntryAxis.Consent && cell.Part is PartAxis.Requester),
        new("what is kept in memory ends with its process", static cell => cell is { Store: StoreAxis.Memory, Between: BetweenAxis.Restart or BetweenAxis.TwoVersions }),
        new("without a refresh token there is no grant to narrow", static cell => cell.Server is ServerAxis.NarrowsGrant && !cell.HasRefreshToken),
    ];

    /// <summary>Every cell that is not excluded.</summary>
    public static IReadOnlyList<MatrixCell> Possible { get; } =
        [.. Everything().Where(static cell => !Exclusions.Any(exclusion => exclusion.Excludes(cell)))];

    public static IReadOnlyList<MatrixCell> Chosen { get; } =
        [.. Pairwise.Cover([.. Possible.Select(static cell => cell.Values)], MatrixCell.Together).Select(static index => Possible[index])];

    public static IEnumerable<MatrixCell> Everything() =>
        from grant in Enum.GetValues<GrantAxis>()
        from subject in Enum.GetValues<SubjectAxis>()
        from parameters in Enum.GetValues<ParameterAxis>()
        from placement in Enum.GetValues<PlacementAxis>()
        from part in Enum.GetValues<PartAxis>()
        from entry in Enum.GetValues<EntryAxis>()
        from between in Enum.GetValues<BetweenAxis>()
        from server in Enum.GetValues<ServerAxis>()
        from store in Enum.GetValues<StoreAxis>()
        from call in Enum.GetValues<CallAxis>()
        select new MatrixCell(grant, subject, parameters, placement, part, entry, between, server, store, call);
}
