using TokenKit.Values;

namespace TokenKit.Refresh.Map;

/// <summary>What the map step found: not one or the other, as a <see cref="StepResult{T}"/> is, but often both.</summary>
/// <param name="Candidate">The candidate, or why there is none.</param>
/// <param name="RefreshToken">
/// The usable refresh token that the definition's own selector found, whatever else is wrong with the answer, unless the
/// answer is an error: to be saved before anything is complained about.
/// </param>
internal readonly record struct MappedAnswer(StepResult<TokenCandidate> Candidate, SecretText? RefreshToken)
{
    // A record prints its members, and these are secrets.
    public override string ToString() => "mapped answer";
}
