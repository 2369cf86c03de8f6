using System.Collections.Immutable;
using System.Globalization;

namespace TokenKit.Language.Expressions;

/// <summary><c>a || b</c>: the first operand that is not absent, <c>null</c>, <c>''</c> or <c>false</c>; else the last.</summary>
internal sealed class OrNode(ImmutableArray<ExpressionNode> operands) : ExpressionNode
{
    public override bool IsEscaped => operands.All(static operand => operand.IsEscaped);

    // Any operand will do, so only what all of them need is needed.
    public override ImmutableArray<ExpressionReference> Required =>
        [.. operands.Select(static operand => operand.Required.AsEnumerable()).Aggregate(static (all, one) => all.Intersect(one))];

    public override IReadOnlySet<int>? Statuses =>
        operands.Select(static operand => operand.Statuses).Aggregate(static (all, one) => all is null || one is null ? null : all.Union(one).ToHashSet());

    public override Evaluation Evaluate(IEvaluationScope scope)
    {
        var result = operands[0].Evaluate(scope);
        for (var i = 1; i < operands.Length && result.Value.IsPassedOver; i++)
        {
            result = operands[i].Evaluate(scope);
        }

        return result;
    }

    public override IEnumerable<PathNode> Paths => operands.SelectMany(static operand => operand.Paths);

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
        foreach (var operand in operands)
        {
            operand.AddReferences(references);
        }
    }
}

/// <summary><c>a &amp;&amp; b</c>: whether no operand is one that <c>||</c> would pass over.</summary>
internal sealed class AndNode(ImmutableArray<ExpressionNode> operands) : ExpressionNode
{
    // What is absent has a place in a condition.
    public override ImmutableArray<ExpressionReference> Required => [];

    public override IReadOnlySet<int>? Statuses =>
        operands.Select(static operand => operand.Statuses).Aggregate(static (all, one) => all is null || one is null ? all ?? one : all.Intersect(one).ToHashSet());

    public override Evaluation Evaluate(IEvaluationScope scope)
    {
        foreach (var operand in operands)
        {
            if (operand.Evaluate(scope).Value.IsPassedOver)
            {
                return new(ExpressionValue.False, "'&&'");
            }
        }

        return new(ExpressionValue.True, "'&&'");
    }

    public override IEnumerable<PathNode> Paths => operands.SelectMany(static operand => operand.Paths);

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
        foreach (var operand in operands)
        {
            operand.AddReferences(references);
        }
    }
}

/// <summary><c>!a</c>: whether <c>||</c> would pass the operand over.</summary>
internal sealed class NotNode(ExpressionNode operand) : ExpressionNode
{
    // What is absent has a place in a condition.
    public override ImmutableArray<ExpressionReference> Required => [];

    public override Evaluation Evaluate(IEvaluationScope scope) =>
        new(ExpressionValue.Of(operand.Evaluate(scope).Value.IsPassedOver), "'!'");

    public override IEnumerable<PathNode> Paths => operand.Paths;

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references) =>
        operand.AddReferences(references);
}

/// <summary><c>a in ('x', 'y')</c>, and <c>a == b</c>, which is the same with one choice.</summary>
internal sealed class EqualsAnyNode(ExpressionNode operand, ImmutableArray<ExpressionNode> choices, bool negated) : ExpressionNode
{
    // What is absent has a place in a condition.
    public override ImmutableArray<ExpressionReference> Required => [];

    public override IReadOnlySet<int>? Statuses
    {
        get
        {
            if (negated || operand is not PathNode { Reference.Root: "status", Steps.IsEmpty: true })
            {
                return null;
            }

            var named = new HashSet<int>();
            foreach (var choice in choices)
            {
                if (choice is not LiteralNode { Value: ExpressionValue.NumberValue { Raw: var raw } }
                    || !int.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                {
                    return null;
                }

                named.Add(status);
            }

            return named;
        }
    }

    public override Evaluation Evaluate(IEvaluationScope scope)
    {
        var value = operand.Evaluate(scope).Value;
        foreach (var choice in choices)
        {
            if (ExpressionEquality.AreEqual(value, choice.Evaluate(scope).Value))
            {
                return new(ExpressionValue.Of(!negated), "a comparison");
            }
        }

        return new(ExpressionValue.Of(negated), "a comparison");
    }

    public override IEnumerable<PathNode> Paths => operand.Paths.Concat(choices.SelectMany(static choice => choice.Paths));

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
        operand.AddReferences(references);
        foreach (var choice in choices)
        {
            choice.AddReferences(references);
        }
    }
}

/// <summary><c>now + '7d'</c>: a time moved by a duration.</summary>
internal sealed class MoveTimeNode(ExpressionNode time, ExpressionNode duration, bool backwards) : ExpressionNode
{
    public override Evaluation Evaluate(IEvaluationScope scope)
    {
        var name = backwards ? "'-'" : "'+'";
        if (!TimeOperand.TryGet(time.Evaluate(scope), out var moment, out var problem)
            || !duration.Evaluate(scope).TryGetText(out var text, out problem))
        {
            return problem;
        }

        if (!DurationText.TryParse(text, out var span))
        {
            return Evaluation.Unusable(name, "has no duration such as '7d' or '55m' on its right");
        }

        var ticks = moment.UtcTicks + (backwards ? -span.Ticks : span.Ticks);
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new(ExpressionValue.Of(new DateTimeOffset(ticks, TimeSpan.Zero)), name)
            : Evaluation.Unusable(name, "leads beyond the years 1 to 9999");
    }

    public override IEnumerable<PathNode> Paths => time.Paths.Concat(duration.Paths);

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
        time.AddReferences(references);
        duration.AddReferences(references);
    }
}
