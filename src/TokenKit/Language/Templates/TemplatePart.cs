using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>A piece of a template: text as written, or an expression.</summary>
/// <param name="Literal">The text, with <c>$${</c> turned into <c>${</c>; empty for an expression.</param>
/// <param name="Expression">The expression, or <see langword="null"/> for text.</param>
/// <param name="Position">Where it begins in the template.</param>
internal readonly record struct TemplatePart(string Literal, CompiledExpression? Expression, int Position)
{
    public static TemplatePart Text(string literal, int position) => new(literal, null, position);

    public static TemplatePart Value(CompiledExpression expression, int position) => new("", expression, position);

    // A record prints its members, and a secret may stand in a configuration as it is.
    public override string ToString() => $"{(Expression is null ? "text" : "value")} at {Position}";
}
