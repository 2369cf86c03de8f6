using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>Lists of templates of which one is used, the same wherever a template may stand.</summary>
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
}
