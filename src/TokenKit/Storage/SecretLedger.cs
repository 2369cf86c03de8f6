namespace TokenKit.Storage;

/// <summary>The numbers of one key: what conditions are compared with and how they grow. Immutable and pure.</summary>
/// <remarks>One class for every store, so that they cannot come to differ in what a condition means.</remarks>
internal sealed record SecretLedger
{
    public static SecretLedger Empty { get; } = new();

    /// <summary>Of the last write, also after a removal: versions are never used twice.</summary>
    public long Version { get; init; }

    public bool HasValue { get; init; }

    /// <summary>The largest epoch given out.</summary>
    public long LastEpoch { get; init; }

    /// <summary>Writes under a smaller epoch are refused. Raised by a seed or a removal that overtakes, not by a new lease: its late predecessor may hold the only copy of a token.</summary>
    public long FenceEpoch { get; init; }

    public long WrittenEpoch { get; init; }

    public long WrittenSequence { get; init; }

    /// <summary>The epoch of the lease that was taken and not given back; zero where there is none.</summary>
    public long OpenLease { get; init; }

    /// <summary>The version for a result: zero where nothing is stored.</summary>
    public long StoredVersion => HasValue ? Version : 0;

    public bool Allows(SecretCondition condition) => condition.Kind switch
    {
        SecretConditionKind.Any => true,
        SecretConditionKind.Absent => !HasValue,
        SecretConditionKind.IfVersion => HasValue && Version == condition.Number,
        SecretConditionKind.WrittenBefore =>
            condition.Number >= FenceEpoch
            && (WrittenEpoch, WrittenSequence).CompareTo((condition.Number, condition.Sequence)) < 0,
        _ => false,
    };

    public SecretLedger AfterWrite(SecretCondition condition) =>
        Fenced(condition) with { Version = Version + 1, HasValue = true };

    public SecretLedger AfterRemoval(SecretCondition condition) => Fenced(condition) with { HasValue = false };

    public SecretLedger AfterAcquire()
    {
        var epoch = NextEpoch();
        return this with { LastEpoch = epoch, OpenLease = epoch };
    }

    public SecretLedger AfterAdvance()
    {
        var epoch = NextEpoch();
        return this with { LastEpoch = epoch, FenceEpoch = epoch };
    }

    public SecretLedger AfterRelease() => this with { OpenLease = 0 };

    private long NextEpoch() => Math.Max(LastEpoch, WrittenEpoch) + 1;

    private SecretLedger Fenced(SecretCondition condition) => condition.Kind == SecretConditionKind.WrittenBefore
        ? this with { WrittenEpoch = condition.Number, WrittenSequence = condition.Sequence }
        : this;
}
