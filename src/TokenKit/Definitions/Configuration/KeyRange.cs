using System.Globalization;
using TokenKit.Definitions.Compilation;

namespace TokenKit.Definitions.Configuration;

/// <summary>The values that a key allows: numbers or durations from the least to the most.</summary>
internal sealed record KeyRange(IComparable Least, IComparable Most)
{
    /// <summary>Whether the two bounds themselves are excluded.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether <c>never</c> is allowed, too: <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public bool AllowsNever { get; init; }

    /// <summary>What is wrong with a value outside; <see langword="null"/> within.</summary>
    public string? ProblemWith(IComparable value)
    {
        if (AllowsNever && value is TimeSpan span && span == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        var (aboveLeast, belowMost) = (value.CompareTo(Least), Most.CompareTo(value));
        if (IsOpen)
        {
            return aboveLeast > 0 && belowMost > 0 ? null : $"is {Show(value)} and must be a share above {Show(Least)} and below {Show(Most)}";
        }

        return aboveLeast >= 0 && belowMost >= 0 ? null : $"is {Show(value)} and must be from {Show(Least)} to {Show(Most)}";
    }

    private static string Show(IComparable value) =>
        value is TimeSpan span ? CompilationContext.Show(span) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
