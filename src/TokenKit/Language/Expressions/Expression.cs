using System.Collections.Immutable;

namespace TokenKit.Language.Expressions;

/// <summary>A root that an expression reads: what must be resolved before it can be evaluated.</summary>
/// <param name="Root">The root, such as <c>secret</c>.</param>
/// <param name="Member">The first name after it, such as <c>crm-client-secret</c>; <see langword="null"/> where there is none.</param>
internal readonly record struct ExpressionReference(string Root, string? Member);

/// <summary>What references name.</summary>
internal static class ExpressionReferences
{
    /// <summary>The names below one root, each once. Nothing is made where there are none, as at nearly every refresh.</summary>
    public static ImmutableArray<string> NamesOf(this ImmutableArray<ExpressionReference> references, string root)
    {
        foreach (var reference in references)
        {
            if (reference.Member is not null && reference.Root == root)
            {
                return references.AsEnumerable().NamesOf(root);
            }
        }

        return [];
    }

    /// <inheritdoc cref="NamesOf(ImmutableArray{ExpressionReference}, string)"/>
    public static ImmutableArray<string> NamesOf(this IEnumerable<ExpressionReference> references, string root) =>
    [
        .. references.Where(reference => reference.Root == root).Select(static reference => reference.Member)
            .OfType<string>().Distinct(StringComparer.Ordinal),
    ];
}

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
