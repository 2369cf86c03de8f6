namespace TokenKit;

/// <summary>How a conditional write ended.</summary>
public enum SecretWriteOutcome
{
    /// <summary>The default value; nothing here has it.</summary>
    Unknown,

    /// <summary>The value was written.</summary>
    Written,

    /// <summary>The condition did not hold; nothing was written.</summary>
    Conflict,

    /// <summary>The secret is locked; nothing was written.</summary>
    Locked,
}

/// <summary>The outcome of a conditional write.</summary>
public readonly record struct SecretWriteResult
{
    /// <summary>How it ended.</summary>
    public required SecretWriteOutcome Outcome { get; init; }

    /// <summary>The version that is stored now; zero where nothing is.</summary>
    public required long Version { get; init; }
}
