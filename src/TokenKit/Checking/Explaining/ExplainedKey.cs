namespace TokenKit;

/// <summary>A configuration key of a definition.</summary>
public sealed record ExplainedKey
{
    /// <summary>The full path, such as <c>TokenRefresh:crm:Scope:0</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The provider whose value counts, such as a file; empty where it is not known.</summary>
    public required string Provider { get; init; }
}
