namespace TokenKit;

/// <summary>A value that a definition reads.</summary>
/// <param name="Name">As expressions write it, such as <c>secret.crm-client-secret</c>.</param>
/// <param name="Origin">Where it comes from, in words: a configuration key and its provider, code, the store, an answer.</param>
/// <param name="Value">The value, where it is known and no secret; else <see langword="null"/>.</param>
public sealed record ExplainedValue(string Name, string Origin, string? Value = null);
