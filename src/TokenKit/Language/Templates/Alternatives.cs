using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>Lists of which one is used, the same wherever a template or a selector may stand.</summary>
internal static class Alternatives
{
    /// <summary>
    /// Renders the first template whose values all resolve. Where none does: left out, if one of them was optional or the
    /// list is empty; else all that was missing.
    /// </summary>
    public static TemplateResult RenderFirst(this ImmutableArray<Template> alternatives, IEvaluationScope scope)
    {
        var isOptional = alternatives.IsEmpty;
        string? missing = null;
        foreach (var template in alternatives)
        {
            var result = template.Render(scope);
            if (result.IsText)
            {
                return result;
            }

            isOptional |= result.IsLeftOut;
            missing = missing is null ? result.Unresolved : $"{missing}; {result.Unresolved}";
        }

        return isOptional ? TemplateResult.LeftOut : TemplateResult.Missing(missing ?? "nothing");
    }

    /// <summary>The references without which none of the templates resolves.</summary>
    public static IEnumerable<ExpressionReference> Required(this ImmutableArray<Template> alternatives) =>
        alternatives.IsEmpty
            ? []
            : alternatives.Select(static template => template.Required.AsEnumerable()).Aggregate(static (all, one) => all.Intersect(one));

    /// <summary>
    /// Evaluates to the first value that is not passed over (absent, <c>null</c>, <c>''</c>, <c>false</c>); else the last
    /// expression's, and absent for an empty list.
    /// </summary>
    public static ExpressionValue EvaluateFirst(this ImmutableArray<Expression> alternatives, IEvaluationScope scope)
    {
        var value = ExpressionValue.Absent;
        foreach (var expression in alternatives)
        {
            value = expression.Evaluate(scope);
            if (!value.IsPassedOver)
            {
                return value;
            }
        }

        return value;
    }
}
