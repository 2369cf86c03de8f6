using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

/// <summary>A template with plain <c>${root.member}</c> in it, for tests that are not about the language.</summary>
internal sealed partial class FixedTemplate(string text) : Template
{
    public override string Source => text;

    public override ImmutableArray<ExpressionReference> References =>
        [.. Reference().Matches(text).Select(match => new ExpressionReference(match.Groups[1].Value, match.Groups[2].Value))];

    public static PlacedField Field(string name, string template, bool perCall = false) =>
        new(name, [new FixedTemplate(template)], perCall);

    public override TemplateResult Render(IEvaluationScope scope)
    {
        string? missing = null;
        var isOptional = false;
        var rendered = Reference().Replace(text, match =>
        {
            var (root, member) = (match.Groups[1].Value, match.Groups[2].Value);
            var value = root == "token" && member.StartsWith("values.", StringComparison.Ordinal)
                ? scope.Resolve("token", "values").Member(member[7..])
                : scope.Resolve(root, member.Length == 0 ? null : member);
            if (value.TryGetText(out var found))
            {
                return found;
            }

            isOptional = match.Groups[3].Length > 0;
            missing = $"{root}.{member}";
            return "";
        });
        return missing is null ? TemplateResult.Rendered(rendered)
            : isOptional ? TemplateResult.LeftOut
            : TemplateResult.Missing(missing);
    }

    [GeneratedRegex(@"\$\{(\w+)\.?([^}?]*)(\??)\}")]
    private static partial Regex Reference();
}

/// <summary>A condition on an API's answer, given as code.</summary>
internal sealed class FixedCondition(Func<IEvaluationScope, ExpressionValue> evaluate) : Expression
{
    public override string Source => "condition";

    public override ImmutableArray<ExpressionReference> References => [];

    public override ExpressionValue Evaluate(IEvaluationScope scope) => evaluate(scope);
}
