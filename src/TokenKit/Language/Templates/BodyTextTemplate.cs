using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>
/// A body that is one text. Nobody knows its format, so nothing is escaped by itself, and a value that says nothing about
/// escaping is refused.
/// </summary>
internal sealed class BodyTextTemplate : PartsTemplate
{
    public BodyTextTemplate(string source, ImmutableArray<TemplatePart> parts)
        : base(source, parts)
    {
        foreach (var part in parts)
        {
            if (part.Expression is { Root.IsEscaped: false } expression)
            {
                throw new ExpressionSyntaxException(
                    "a value in a Text body needs json(…), xml(…), urlencode(…) or an explicit raw(…)", part.Position, expression.Source);
            }
        }
    }
}
