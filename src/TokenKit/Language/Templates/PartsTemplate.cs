using System.Collections.Immutable;
using System.Text;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>A template of texts and expressions, rendered from left to right.</summary>
internal abstract class PartsTemplate : Template
{
    private readonly ImmutableArray<TemplatePart> _parts;

    protected PartsTemplate(string source, ImmutableArray<TemplatePart> parts)
    {
        Source = source;
        _parts = parts;
        References = [.. parts.SelectMany(static part => part.Expression?.References ?? []).Distinct()];
    }

    public override string Source { get; }

    public override ImmutableArray<ExpressionReference> References { get; }

    public override ImmutableArray<ExpressionReference> Required =>
        [.. _parts.SelectMany(static part => part.Expression?.Root.Required ?? []).Distinct()];

    public override TemplateResult Render(IEvaluationScope scope)
    {
        if (_parts is [{ Expression: null, Literal: { Length: <= ExpressionLimits.ResultLength } literal }])
        {
            return Finish(literal);
        }

        var output = new StringBuilder();
        var isLeftOut = false;
        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[i].Expression is not { } expression)
            {
                output.Append(_parts[i].Literal);
                continue;
            }

            var evaluation = expression.Root.Evaluate(scope);
            var problem = RenderedValue.Read(evaluation, out var text) ?? Append(output, i, text!, evaluation.Name);
            if (problem is { IsLeftOut: false })
            {
                return problem.Value;
            }

            // A missing value that is not optional is an error whatever else is optional; so the rest is looked at too.
            isLeftOut |= problem is not null;
        }

        if (isLeftOut)
        {
            return TemplateResult.LeftOut;
        }

        return output.Length <= ExpressionLimits.ResultLength
            ? Finish(output.ToString())
            : TemplateResult.Missing($"the text is longer than {ExpressionLimits.ResultLength} characters");
    }

    /// <summary>What keeps a value that is known already from standing in its place; <see langword="null"/> for nothing.</summary>
    /// <param name="scope">The values that are known.</param>
    /// <param name="isKnown">Whether a value is known; any other is not looked at.</param>
    public string? ProblemWith(IEvaluationScope scope, Func<ExpressionReference, bool> isKnown)
    {
        var isAllKnown = true;
        var output = new StringBuilder();
        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[i].Expression is not { } expression)
            {
                continue;
            }

            if (!expression.References.All(isKnown) || expression.Root.Evaluate(scope) is not { IsMissing: false } evaluation)
            {
                isAllKnown = false;
            }
            else if ((RenderedValue.Read(evaluation, out var text) ?? Append(output, i, text!, evaluation.Name)) is { Unresolved: { } problem })
            {
                return problem;
            }
        }

        return isAllKnown ? Render(scope).Unresolved : null;
    }

    /// <summary>Appends a value, encoded for the place.</summary>
    /// <param name="output">What was rendered so far.</param>
    /// <param name="part">The index of the part.</param>
    /// <param name="text">The value.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>What is wrong with the value, or <see langword="null"/>.</returns>
    protected virtual TemplateResult? Append(StringBuilder output, int part, string text, string name)
    {
        output.Append(text);
        return null;
    }

    /// <summary>Checks the whole.</summary>
    protected virtual TemplateResult Finish(string text) => TemplateResult.Rendered(text);
}
