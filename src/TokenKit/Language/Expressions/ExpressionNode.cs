using System.Collections.Immutable;

namespace TokenKit.Language.Expressions;

/// <summary>A part of a compiled expression. Immutable; evaluation does no I/O and throws for nothing a value contains.</summary>
internal abstract class ExpressionNode
{
    /// <summary>
    /// Whether what it gives was made ready for its place by the definition's author: written out, or through
    /// <c>json</c>, <c>xml</c>, <c>urlencode</c>, <c>number</c>, <c>boolean</c> or the explicit <c>raw</c>.
    /// </summary>
    public virtual bool IsEscaped => false;

    public abstract Evaluation Evaluate(IEvaluationScope scope);

    /// <summary>The references without which it certainly has no value; fewer than <see cref="AddReferences"/> gives.</summary>
    public virtual ImmutableArray<ExpressionReference> Required
    {
        get
        {
            var references = ImmutableArray.CreateBuilder<ExpressionReference>();
            AddReferences(references);
            return references.ToImmutable();
        }
    }

    /// <summary>Every path in it, those included that only one of several alternatives reads.</summary>
    public virtual IEnumerable<PathNode> Paths => [];

    /// <summary>
    /// For a condition: the values of <c>status</c> with which alone it can hold; <see langword="null"/> where it can hold with any.
    /// </summary>
    public virtual IReadOnlySet<int>? Statuses => null;

    public abstract void AddReferences(ImmutableArray<ExpressionReference>.Builder references);
}
