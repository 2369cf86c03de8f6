namespace TokenKit.Tests;

/// <summary>The cells that are run stand for all that are possible.</summary>
public sealed class PairwiseTests
{
    [Fact]
    public void Every_pair_of_values_that_is_possible_is_covered()
    {
        int[][] rows = [.. from a in Enumerable.Range(0, 4) from b in Enumerable.Range(0, 3) from c in Enumerable.Range(0, 3) select new[] { a, b, c }];

        var chosen = Pairwise.Cover(rows);

        GroupsOf(chosen.Select(index => rows[index])).SetEquals(GroupsOf(rows)).Should().BeTrue();
        chosen.Should().OnlyHaveUniqueItems();
        chosen.Count.Should().BeInRange(12, 18, "the two longest axes need twelve rows, and all rows are 36");
    }

    [Fact]
    public void Axes_that_are_to_stand_together_are_covered_whole()
    {
        int[][] rows = [.. from a in Enumerable.Range(0, 2) from b in Enumerable.Range(0, 2) from c in Enumerable.Range(0, 2) from d in Enumerable.Range(0, 2) select new[] { a, b, c, d }];

        Pairwise.Cover(rows, 0, 2, 3).Select(index => (rows[index][0], rows[index][2], rows[index][3])).Distinct().Should().HaveCount(8);
        Pairwise.Cover(rows).Should().HaveCountLessThan(8);
    }

    [Fact]
    public void A_pair_that_only_one_row_has_brings_that_row()
    {
        int[][] rows = [[0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 1]];

        Pairwise.Cover(rows).Should().Contain(3);
    }

    [Fact]
    public void The_same_rows_give_the_same_choice() =>
        Pairwise.Cover([.. MatrixCells.Possible.Select(static cell => cell.Values)], MatrixCell.Together).Select(static index => MatrixCells.Possible[index])
            .Should().Equal(MatrixCells.Chosen);

    [Fact]
    public void The_matrix_covers_every_possible_pair_and_each_part_of_each_grant_at_each_entry()
    {
        GroupsOf(MatrixCells.Chosen.Select(static cell => cell.Values), MatrixCell.Together).SetEquals(
            GroupsOf(MatrixCells.Possible.Select(static cell => cell.Values), MatrixCell.Together)).Should().BeTrue();
        MatrixCells.Chosen.Select(static cell => (cell.Grant, cell.Part, cell.Entry)).Distinct().Should()
            .HaveSameCount(MatrixCells.Possible.Select(static cell => (cell.Grant, cell.Part, cell.Entry)).Distinct());
        MatrixCells.Chosen.Count.Should().BeInRange(60, 120);
    }

    [Fact]
    public void Every_value_of_every_axis_is_possible()
    {
        var all = MatrixCells.Everything().Select(static cell => cell.Values).ToList();

        ValuesOf(MatrixCells.Possible.Select(static cell => cell.Values)).Should().BeEquivalentTo(ValuesOf(all));
    }

    [Fact]
    public void An_exclusion_excludes_something_that_no_other_does() =>
        MatrixCells.Exclusions.Should().OnlyContain(exclusion => MatrixCells.Everything().Any(cell =>
            exclusion.Excludes(cell) && MatrixCells.Exclusions.Count(other => other.Excludes(cell)) == 1));

    private static HashSet<long> GroupsOf(IEnumerable<int[]> rows, params int[] together) =>
        [.. rows.SelectMany(row => Pairwise.GroupsOf(row, together))];

    private static HashSet<(int Axis, int Value)> ValuesOf(IEnumerable<int[]> rows) =>
        [.. rows.SelectMany(static row => row.Select(static (value, axis) => (axis, value)))];
}
