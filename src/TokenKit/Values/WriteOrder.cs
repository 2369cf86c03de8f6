namespace TokenKit.Values;

/// <summary>The place of a write among all writes of a key: by the epoch of its lease, then by its sequence within it.</summary>
internal readonly record struct WriteOrder(long Epoch, long Sequence) : IComparable<WriteOrder>
{
    public int CompareTo(WriteOrder other) => (Epoch, Sequence).CompareTo((other.Epoch, other.Sequence));
}
