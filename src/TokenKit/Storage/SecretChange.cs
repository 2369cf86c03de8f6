namespace TokenKit;

/// <summary>What <see cref="ISecretChanges"/> tells of one write.</summary>
public readonly record struct SecretChange
{
    /// <summary>The secret.</summary>
    public required SecretKey Key { get; init; }

    /// <summary>The epoch of the last fenced write.</summary>
    public required long WrittenEpoch { get; init; }

    /// <summary>The sequence of the last fenced write within its epoch.</summary>
    public required long WrittenSequence { get; init; }

    /// <summary>Whether the secret was removed rather than written.</summary>
    public bool IsRemoved { get; init; }
}
