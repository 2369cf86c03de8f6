using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>A value in a JSON template that holds no others.</summary>
/// <param name="Path">Where it stands, such as <c>credentials.keys[0]</c>.</param>
/// <param name="Source">The text it was compiled from; a number, <c>true</c>, <c>false</c> or <c>null</c> as written.</param>
/// <param name="References">Every root it may read.</param>
/// <param name="Render">Gives its text: a string without quotes and escapes, anything else as JSON.</param>
internal sealed record JsonLeaf(
    string Path, string Source, ImmutableArray<ExpressionReference> References, Func<IEvaluationScope, TemplateResult> Render);
