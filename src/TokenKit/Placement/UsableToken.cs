using System.Collections.Immutable;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Placement;

/// <summary>A token set that callers can be given: with its life on both clocks and what it looks like on a request.</summary>
/// <param name="Set">The token set.</param>
/// <param name="Life">Its life.</param>
/// <param name="Placed">
/// <see langword="null"/> where its placement reads more than is at hand: that is fetched after the write.
/// </param>
internal sealed record UsableToken(TokenSet Set, TokenLife Life, PlacedToken? Placed)
{
    /// <summary>What was odd about the answer and did no harm; see <see cref="TokenCandidate.Warnings"/>.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The write that stored it, or is about to.</summary>
    public WriteOrder Written { get; init; }

    /// <summary>The record that holds it, as it was stored last; <see langword="null"/> where that is not known, or costs nothing to read.</summary>
    public StoredTokenSet? Known { get; init; }

    // A record prints its members.
    public override string ToString() => Set.ToString();
}
