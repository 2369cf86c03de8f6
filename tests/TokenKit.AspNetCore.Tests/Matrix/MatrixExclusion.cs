namespace TokenKit.Tests;

/// <summary>Cells that cannot be.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Excludes">Which.</param>
internal sealed record MatrixExclusion(string Reason, Func<MatrixCell, bool> Excludes);
