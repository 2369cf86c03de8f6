namespace TokenKit.Tests;

/// <summary>
/// Features against each other: served with the current token, stored, sent once, no leak, and every part of the registration
/// reached by every entry.
/// </summary>
public sealed class FeatureMatrixTests
{
    public static TheoryData<MatrixRow> Cells => [.. Enumerable.Range(1, MatrixCells.Chosen.Count).Select(static number => new MatrixRow(number))];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_cell_keeps_every_promise(MatrixRow cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        using var world = new MatrixWorld(cell.Cell, cell.Number);
        await using var run = new MatrixRun(world);
        await run.RunAsync();
    }
}
