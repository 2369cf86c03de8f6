using System.Collections.Immutable;

namespace TokenKit.Definitions.Compilation;

/// <summary>What came of compiling options: a definition, or everything that is wrong with them.</summary>
/// <param name="Definition">The definition; <see langword="null"/> where there are faults.</param>
/// <param name="Faults">What is wrong; empty where there is a definition.</param>
internal sealed record DefinitionCompilation(TokenDefinition? Definition, ImmutableArray<DefinitionFault> Faults);
