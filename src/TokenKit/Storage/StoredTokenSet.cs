using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>A record of token sets as it was read, when, and what wrote it.</summary>
/// <param name="Record">Its times are set by the wall clock of <paramref name="ReadAt"/>.</param>
/// <param name="ReadAt">Just before it was read.</param>
/// <param name="Version">The store's version of the record.</param>
/// <param name="WrittenEpoch">The epoch that wrote it.</param>
/// <param name="WrittenSequence">Which write of that epoch it was.</param>
/// <param name="IsLocked">Whether it may not be written.</param>
internal sealed record StoredTokenSet(
    TokenRecord Record, ClockReading ReadAt, long Version, long WrittenEpoch, long WrittenSequence, bool IsLocked)
{
    /// <summary>What the last write brought.</summary>
    public TokenSet Set => Record.Last;

    /// <summary>
    /// The life of one of its tokens, by the reading that its times come from. By a later one, a wall clock that was set back in between would
    /// lengthen it by as much.
    /// </summary>
    public TokenLife LifeOf(TokenSet set, TimeProvider time) => TokenLife.Of(set, ReadAt, time);

    /// <summary>
    /// Whether a write has arrived: it was the last one, or a later one left the token that it brought where it was.
    /// </summary>
    public bool WasWrittenBy(WriteOrder written) =>
        (WrittenEpoch, WrittenSequence) == (written.Epoch, written.Sequence) || Record.Tokens.Any(token => token.Written == written);
}
