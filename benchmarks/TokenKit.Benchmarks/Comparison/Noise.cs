namespace TokenKit.Benchmarks;

/// <summary>What differs between two contenders that are the same: no smaller difference means anything.</summary>
internal static class Noise
{
    /// <summary>Adds the median of the differences, which is the error of a figure, and their middle 80 %, which is that of one round.</summary>
    public static void Add(Figures figures, string family, List<double> one, List<double> other, string unit)
    {
        var differences = one.Zip(other, static (one, other) => one - other).ToArray();
        figures.Add($"{family}.noise.median_{unit}", Rounds.Median(differences), unit);
        figures.Add($"{family}.noise.p10_{unit}", Rounds.Quantile(differences, 0.1), unit);
        figures.Add($"{family}.noise.p90_{unit}", Rounds.Quantile(differences, 0.9), unit);
    }
}
