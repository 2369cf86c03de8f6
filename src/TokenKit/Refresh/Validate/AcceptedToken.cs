using System.Collections.Immutable;
using TokenKit.Placement;

namespace TokenKit.Refresh.Validate;

/// <summary>What the validate step hands to the persist step.</summary>
/// <param name="Tokens">The token set that may replace the stored one.</param>
/// <param name="Placed">What it looks like on a call, where that takes nothing but what is at hand.</param>
/// <param name="Warnings">What was odd and did no harm; see <see cref="TokenCandidate.Warnings"/>.</param>
internal sealed record AcceptedToken(TokenSet Tokens, PlacedToken? Placed, ImmutableArray<string> Warnings)
{
    public override string ToString() => Tokens.ToString();
}
