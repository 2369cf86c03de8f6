namespace TokenKit.Source;

/// <summary>Marks a token name as registered.</summary>
internal sealed record TokenRegistration(string Name);
