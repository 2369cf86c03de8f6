using System.Collections.Immutable;

namespace TokenKit.Language.Expressions;

/// <summary>A text, a number, <c>true</c>, <c>false</c> or <c>null</c> written in the expression.</summary>
internal sealed class LiteralNode(ExpressionValue value) : ExpressionNode
{
    public ExpressionValue Value { get; } = value;

    public override bool IsEscaped => true;

    public override Evaluation Evaluate(IEvaluationScope scope) => new(Value, "a literal");

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
    }
}
