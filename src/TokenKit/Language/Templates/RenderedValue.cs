using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>Turns what an expression gave into a text for a template, or into the reason why there is none.</summary>
internal static class RenderedValue
{
    public static TemplateResult? Read(Evaluation evaluation, out string? text)
    {
        if (!evaluation.TryGetText(out text, out var problem))
        {
            return Describe(problem);
        }

        return WellFormedText.Is(text) ? null : TemplateResult.Missing($"{evaluation.Name}: {WellFormedText.Problem}");
    }

    private static TemplateResult Describe(Evaluation problem) => problem switch
    {
        { IsMissing: true, IsOptional: true } => TemplateResult.LeftOut,
        { IsMissing: true } => TemplateResult.Missing($"{problem.Name} has no value"),
        { Value: ExpressionValue.UnreadableValue unreadable } => TemplateResult.Missing($"{problem.Name}: {unreadable.Why}"),
        _ => TemplateResult.Missing($"{problem.Name} is not a text"),
    };
}
