namespace TokenKit;

/// <summary>What <see cref="ISecretChanges"/> tells of one write.</summary>
/// <param name="Key">The secret.</param>
/// <param name="WrittenEpoch">The epoch of the last fenced write.</param>
/// <param name="WrittenSequence">The sequence of the last fenced write within its epoch.</param>
/// <param name="IsRemoved">Whether the secret was removed rather than written.</param>
public readonly record struct SecretChange(SecretKey Key, long WrittenEpoch, long WrittenSequence, bool IsRemoved = false);
