using System.Collections.Immutable;

namespace TokenKit;

/// <summary>What the validate step hands to the persist step.</summary>
/// <param name="Tokens">The token set that may replace the stored one.</param>
/// <param name="Warnings">What was odd and did no harm; see <see cref="TokenCandidate.Warnings"/>.</param>
internal sealed record AcceptedToken(TokenSet Tokens, ImmutableArray<string> Warnings)
{
    public override string ToString() => Tokens.ToString();
}
