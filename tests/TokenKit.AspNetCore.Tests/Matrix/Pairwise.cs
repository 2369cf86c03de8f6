namespace TokenKit.Tests;

/// <summary>
/// Chooses few rows of many so that whichever two values stand together in a row stand together in a chosen one, and of axes
/// that are named whichever values of all of them.
/// </summary>
internal static class Pairwise
{
    /// <summary>
    /// Chooses greedily: always a row that brings the most that is new; of several the one whose pairs were chosen least, so that
    /// no pair is left with what it must have; of those the first. The same rows give the same choice.
    /// </summary>
    /// <param name="rows">All rows that are possible: one value of each axis, from 0.</param>
    /// <param name="together">Axes of which all values are to stand together, not only each two of them.</param>
    /// <returns>The indices of the chosen rows, in the order of their choice.</returns>
    public static IReadOnlyList<int> Cover(IReadOnlyList<int[]> rows, params int[] together)
    {
        var known = new Dictionary<long, int>();
        var groups = rows.Select(row => GroupsOf(row, together).Select(group => NumberOf(known, group)).ToArray()).ToArray();
        var used = new int[known.Count];

        // What a row brings only falls while others are chosen, so that what it brought before is a bound.
        var bounds = groups.Select(static each => each.Length).ToArray();
        var chosen = new List<int>();
        for (var covered = 0; covered < used.Length;)
        {
            var (best, gain, use) = (-1, 0, 0);
            for (var row = 0; row < groups.Length; row++)
            {
                if (bounds[row] == 0 || bounds[row] < gain)
                {
                    continue;
                }

                bounds[row] = groups[row].Count(group => used[group] == 0);
                var itsUse = groups[row].Sum(group => used[group]);
                if (bounds[row] > gain || (bounds[row] == gain && gain > 0 && itsUse < use))
                {
                    (best, gain, use) = (row, bounds[row], itsUse);
                }
            }

            chosen.Add(best);
            covered += gain;
            foreach (var group in groups[best])
            {
                used[group]++;
            }
        }

        return chosen;
    }

    /// <summary>Each two values of a row with their axes, and those that stand together: as numbers, to be compared.</summary>
    public static IEnumerable<long> GroupsOf(int[] row, params int[] together)
    {
        for (var axis = 0; axis < row.Length; axis++)
        {
            for (var other = axis + 1; other < row.Length; other++)
            {
                yield return Number([axis, row[axis], other, row[other]]);
            }
        }

        if (together.Length > 0)
        {
            // Negative, so that it is no pair's.
            yield return -1 - Number(together.Select(axis => row[axis]));
        }
    }

    private static int NumberOf(Dictionary<long, int> known, long group)
    {
        known.TryAdd(group, known.Count);
        return known[group];
    }

    // No axis has a hundred values, and there are no hundred axes.
    private static long Number(IEnumerable<int> digits) => digits.Aggregate(0L, static (number, digit) => (number * 100) + digit);
}
