using System.Collections.Immutable;

namespace TokenKit.Language.Expressions;

/// <summary>An expression that <see cref="ExpressionParser"/> made.</summary>
internal sealed class CompiledExpression : Expression
{
    public CompiledExpression(string source, ExpressionNode root)
    {
        Source = source;
        Root = root;
        var references = ImmutableArray.CreateBuilder<ExpressionReference>();
        root.AddReferences(references);
        References = references.ToImmutable();
    }

    public override string Source { get; }

    public override ImmutableArray<ExpressionReference> References { get; }

    public ExpressionNode Root { get; }

    public override ExpressionValue Evaluate(IEvaluationScope scope) => Root.Evaluate(scope).Value;
}
