namespace TokenKit;

/// <summary>A configuration key of a definition.</summary>
/// <param name="Path">The full path, such as <c>TokenRefresh:crm:Scope:0</c>.</param>
/// <param name="Provider">The provider whose value counts, such as a file; empty where it is not known.</param>
public sealed record ExplainedKey(string Path, string Provider);
