namespace TokenKit;

/// <summary>A value that a definition reads.</summary>
public sealed record ExplainedValue
{
    /// <summary>As expressions write it, such as <c>secret.crm-client-secret</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it comes from, in words: a configuration key and its provider, code, the store, an answer.</summary>
    public required string Origin { get; init; }

    /// <summary>The value, where it is known and no secret; else <see langword="null"/>.</summary>
    public string? Value { get; init; }
}
