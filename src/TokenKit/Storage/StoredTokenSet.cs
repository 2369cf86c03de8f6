namespace TokenKit;

/// <summary>A token set as it was read, and what wrote it.</summary>
internal sealed record StoredTokenSet(TokenSet Set, long Version, long WrittenEpoch, long WrittenSequence, bool IsLocked)
{
    public bool WasWrittenBy(long epoch, long sequence) => WrittenEpoch == epoch && WrittenSequence == sequence;
}
