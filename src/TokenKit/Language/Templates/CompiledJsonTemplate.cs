using System.Collections.Immutable;
using System.Text;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>A JSON document that <see cref="JsonTemplateParser"/> made.</summary>
internal sealed class CompiledJsonTemplate : JsonTemplate
{
    public CompiledJsonTemplate(JsonTemplateNode root)
    {
        Root = root;
        var references = ImmutableArray.CreateBuilder<ExpressionReference>();
        root.AddReferences(references);
        References = [.. references.Distinct()];
        Required = [.. root.Required.Distinct()];
    }

    public JsonTemplateNode Root { get; }

    public override ImmutableArray<ExpressionReference> References { get; }

    public override ImmutableArray<ExpressionReference> Required { get; }

    public override IEnumerable<JsonLeaf> Leaves => Root.Leaves("");

    public override TemplateResult Render(IEvaluationScope scope)
    {
        var json = new StringBuilder();
        if (Root.Append(json, scope) is { } problem)
        {
            return problem;
        }

        return json.Length <= ExpressionLimits.ResultLength
            ? TemplateResult.Rendered(json.ToString())
            : TemplateResult.Missing($"the JSON text is longer than {ExpressionLimits.ResultLength} characters");
    }
}
