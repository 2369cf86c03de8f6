using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

/// <summary>The smallest template there is: <c>${root}</c>, <c>${root.member}</c> and a <c>?</c> at the end of either.</summary>
internal sealed partial class TextTemplate(string source) : Template
{
    public override string Source => source;

    public override ImmutableArray<ExpressionReference> References =>
        [.. Holes().Matches(source).Select(hole => new ExpressionReference(hole.Groups["root"].Value, MemberOf(hole)))];

    public static ImmutableArray<Template> List(params string[] sources) => [.. sources.Select(source => new TextTemplate(source))];

    public override TemplateResult Render(IEvaluationScope scope)
    {
        var text = source;
        foreach (Match hole in Holes().Matches(source))
        {
            if (!scope.Resolve(hole.Groups["root"].Value, MemberOf(hole)).TryGetText(out var value))
            {
                return hole.Groups["optional"].Success
                    ? TemplateResult.LeftOut
                    : TemplateResult.Missing(hole.Value[2..^1]);
            }

            text = text.Replace(hole.Value, value, StringComparison.Ordinal);
        }

        return TemplateResult.Rendered(text);
    }

    private static string? MemberOf(Match hole) => hole.Groups["member"].Success ? hole.Groups["member"].Value : null;

    [GeneratedRegex(@"\$\{(?<root>[a-z]+)(\.(?<member>[\w-]+))?(?<optional>\?)?\}")]
    private static partial Regex Holes();
}

/// <summary>A JSON document that is one template.</summary>
internal sealed class TextDocument(string source) : JsonTemplate
{
    private readonly TextTemplate _text = new(source);

    public override ImmutableArray<ExpressionReference> References => _text.References;

    public override IEnumerable<JsonLeaf> Leaves => [];

    public override TemplateResult Render(IEvaluationScope scope) => _text.Render(scope);
}

/// <summary>An expression that is only there.</summary>
internal sealed class AnyExpression : Expression
{
    public override string Source => "any";

    public override ImmutableArray<ExpressionReference> References => [];

    public override ExpressionValue Evaluate(IEvaluationScope scope) => ExpressionValue.True;
}
