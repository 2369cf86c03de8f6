using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Refresh.Map;

/// <summary>Applies selectors to an answer and remembers whether one met a member that stands twice.</summary>
internal sealed class AnswerSelection(IEvaluationScope scope)
{
    /// <summary>The selector that met a member with two different values; the answer is then not to be trusted (RFC 6749 section 3.2).</summary>
    public string? Ambiguous { get; private set; }

    /// <summary>A selection from the same answer that has met nothing yet.</summary>
    public AnswerSelection Anew() => new(scope);

    /// <summary>
    /// The first value that is not passed over (absent, <c>null</c>, <c>''</c>, <c>false</c>), as <c>||</c> does; else the last
    /// expression's, and absent for an empty list.
    /// </summary>
    public ExpressionValue First(ImmutableArray<Expression> alternatives)
    {
        var value = ExpressionValue.Absent;
        foreach (var alternative in alternatives)
        {
            value = One(alternative);
            if (!value.IsPassedOver)
            {
                break;
            }
        }

        return value;
    }

    /// <summary>Whether a condition holds: whatever <c>||</c> would not pass over.</summary>
    public bool Holds(Expression condition) =>
        condition.Evaluate(scope) is { IsPassedOver: false } and not ExpressionValue.UnreadableValue;

    public ExpressionValue One(Expression selector)
    {
        var value = selector.Evaluate(scope);
        if (ReferenceEquals(value, AnswerJson.Repeated))
        {
            Ambiguous ??= selector.Source;
        }

        return value;
    }
}
