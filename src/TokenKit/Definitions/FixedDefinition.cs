namespace TokenKit.Definitions;

/// <summary>A definition that does not change.</summary>
internal sealed record FixedDefinition(TokenDefinition Current) : IDefinitionSource;
