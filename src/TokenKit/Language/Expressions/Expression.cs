using System.Collections.Immutable;

namespace TokenKit.Language.Expressions;

/// <summary>A root that an expression reads: what must be resolved before it can be evaluated.</summary>
/// <param name="Root">The root, such as <c>secret</c>.</param>
/// <param name="Member">The first name after it, such as <c>crm-client-secret</c>; <see langword="null"/> where there is none.</param>
internal readonly record struct ExpressionReference(string Root, string? Member);

/// <summary>One compiled expression of the definition language: immutable, parsed once, evaluated many times.</summary>
internal abstract class Expression
{
    /// <summary>The text it was compiled from.</summary>
    public abstract string Source { get; }

    /// <summary>Every root it may read.</summary>
    public abstract ImmutableArray<ExpressionReference> References { get; }

    /// <summary>Evaluates without I/O. Never throws for what a value contains.</summary>
    public abstract ExpressionValue Evaluate(IEvaluationScope scope);
}
