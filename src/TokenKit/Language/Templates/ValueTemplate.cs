using System.Collections.Immutable;

namespace TokenKit.Language.Templates;

/// <summary>A value of its own, such as a form field: nothing is escaped here, the composer encodes the whole.</summary>
internal sealed class ValueTemplate(string source, ImmutableArray<TemplatePart> parts) : PartsTemplate(source, parts);
