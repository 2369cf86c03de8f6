using System.Collections.Immutable;

namespace TokenKit.Language.Expressions;

/// <summary>A root and the names and indexes that lead on from it.</summary>
internal sealed class PathNode(
    ExpressionReference reference, ImmutableArray<PathStep> steps, bool isOptional, string text) : ExpressionNode
{
    public ExpressionReference Reference { get; } = reference;

    public ImmutableArray<PathStep> Steps { get; } = steps;

    /// <summary>The path as it is written, without <c>?</c>.</summary>
    public string Text { get; } = text;

    public override IEnumerable<PathNode> Paths => [this];

    public override ImmutableArray<ExpressionReference> Required => isOptional ? [] : [Reference];

    public override Evaluation Evaluate(IEvaluationScope scope)
    {
        var value = scope.Resolve(Reference.Root, Reference.Member);
        foreach (var step in Steps)
        {
            value = step.Name is { } name ? value.Member(name) : value.Element(step.Index);
        }

        return new(value, Text, isOptional);
    }

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
        if (!references.Contains(Reference))
        {
            references.Add(Reference);
        }
    }
}

/// <summary>The names and indexes that lead on from what a function or parentheses gave: <c>split(x, ',')[0]</c>.</summary>
internal sealed class PartNode(ExpressionNode whole, ImmutableArray<PathStep> steps, string text, bool isOptional) : ExpressionNode
{
    public override Evaluation Evaluate(IEvaluationScope scope)
    {
        var evaluation = whole.Evaluate(scope);
        var value = evaluation.Value;
        foreach (var step in steps)
        {
            value = step.Name is { } name ? value.Member(name) : value.Element(step.Index);
        }

        return new(value, text, isOptional || evaluation.IsOptional);
    }

    public override ImmutableArray<ExpressionReference> Required => isOptional ? [] : whole.Required;

    public override IEnumerable<PathNode> Paths => whole.Paths;

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references) => whole.AddReferences(references);
}

/// <summary>One step into an object or a list.</summary>
/// <param name="Name">The member, or <see langword="null"/> for an element.</param>
/// <param name="Index">The element, from 0.</param>
internal readonly record struct PathStep(string? Name, int Index = 0);
