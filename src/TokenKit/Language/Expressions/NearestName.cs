namespace TokenKit.Language.Expressions;

/// <summary>Finds what somebody probably meant to write.</summary>
internal static class NearestName
{
    private const int LongestName = 64;

    /// <summary>The known name that is nearest, or <see langword="null"/> where none is near.</summary>
    public static string? Find(string written, IEnumerable<string> known)
    {
        if (written.Length > LongestName)
        {
            return null;
        }

        string? nearest = null;

        // One edit in a short word, two in a longer one, a third of a long one.
        var smallest = (written.Length <= 3 ? 1 : Math.Max(2, written.Length / 3)) + 1;
        foreach (var name in known)
        {
            var distance = Distance(written.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance < smallest)
            {
                (nearest, smallest) = (name, distance);
            }
        }

        return nearest;
    }

    // The edits from one text to the other, two neighbours that changed places counting as one (optimal string alignment).
    private static int Distance(string left, string right)
    {
        var costs = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                costs[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(costs[i - 1, j] + 1, costs[i, j - 1] + 1),
                        costs[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
                }
            }
        }

        return costs[left.Length, right.Length];
    }
}
