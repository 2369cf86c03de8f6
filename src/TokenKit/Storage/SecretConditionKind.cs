namespace TokenKit;

/// <summary>The four conditions a write to a store may carry.</summary>
public enum SecretConditionKind
{
    /// <summary>No condition.</summary>
    Any,

    /// <summary>Nothing is stored.</summary>
    Absent,

    /// <summary>The stored version is a given one.</summary>
    IfVersion,

    /// <summary>What is stored was written under a smaller (epoch, sequence).</summary>
    WrittenBefore,
}
