namespace TokenKit;

/// <summary>How a conditional write ended.</summary>
public enum SecretWriteOutcome
{
    /// <summary>The value was written.</summary>
    Written,

    /// <summary>The condition did not hold; nothing was written.</summary>
    Conflict,

    /// <summary>The secret is locked; nothing was written.</summary>
    Locked,
}

/// <summary>The outcome of a conditional write.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Version">The version that is stored now; zero where nothing is.</param>
public readonly record struct SecretWriteResult(SecretWriteOutcome Outcome, long Version);
