namespace TokenKit;

/// <summary>What must hold in the store for a write or a removal to happen.</summary>
/// <remarks>Compared and applied in one step by the store. The default value is <see cref="Any"/>.</remarks>
public readonly record struct SecretCondition
{
    private SecretCondition(SecretConditionKind kind, long first, long second) =>
        (Kind, Number, Sequence) = (kind, first, second);

    /// <summary>No condition.</summary>
    public static SecretCondition Any => default;

    /// <summary>Nothing is stored under the key.</summary>
    public static SecretCondition Absent => new(SecretConditionKind.Absent, 0, 0);

    /// <summary>Which condition it is.</summary>
    public SecretConditionKind Kind { get; }

    /// <summary>The version or the epoch compared with; zero where there is none.</summary>
    public long Number { get; }

    /// <summary>The sequence within the epoch; zero where there is none.</summary>
    public long Sequence { get; }

    /// <summary>The stored version is exactly this one.</summary>
    /// <param name="version">A version the store returned.</param>
    /// <returns>The condition.</returns>
    public static SecretCondition IfVersion(long version) => new(SecretConditionKind.IfVersion, version, 0);

    /// <summary>
    /// Everything written so far was written under a smaller (epoch, sequence), and no larger epoch was drawn by
    /// <see cref="IRefreshLeaseProvider.AdvanceEpochAsync"/>. The write records the pair; a removal does not erase it, so
    /// that a writer that comes late cannot bring back what was forgotten.
    /// </summary>
    /// <param name="epoch">The epoch of the writer's lease; 1 or more.</param>
    /// <param name="sequence">The writer's count of writes under that epoch; from 1.</param>
    /// <returns>The condition.</returns>
    public static SecretCondition WrittenBefore(long epoch, long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 0);
        return new(SecretConditionKind.WrittenBefore, epoch, sequence);
    }
}
