using TokenKit.Values;

namespace TokenKit.Storage;

/// <summary>A token set as it was read, when, and what wrote it.</summary>
/// <param name="Set">Its times are set by the wall clock of <paramref name="ReadAt"/>.</param>
/// <param name="ReadAt">Just before it was read.</param>
/// <param name="Version">The store's version of the record.</param>
/// <param name="WrittenEpoch">The epoch that wrote it.</param>
/// <param name="WrittenSequence">Which write of that epoch it was.</param>
/// <param name="IsLocked">Whether it may not be written.</param>
internal sealed record StoredTokenSet(
    TokenSet Set, ClockReading ReadAt, long Version, long WrittenEpoch, long WrittenSequence, bool IsLocked)
{
    /// <summary>
    /// The life, by the reading that its times come from. By a later one, a wall clock that was set back in between would
    /// lengthen it by as much.
    /// </summary>
    public TokenLife Life(TimeProvider time) => TokenLife.Of(Set, ReadAt, time);

    public bool WasWrittenBy(long epoch, long sequence) => WrittenEpoch == epoch && WrittenSequence == sequence;
}
