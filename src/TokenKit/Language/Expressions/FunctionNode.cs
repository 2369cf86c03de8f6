using System.Collections.Immutable;
using TokenKit.Language.Expressions.Functions;

namespace TokenKit.Language.Expressions;

/// <summary>A call of a function with its arguments.</summary>
internal sealed class FunctionNode(ExpressionFunction function, ImmutableArray<ExpressionNode> arguments) : ExpressionNode
{
    public string Name => function.Name;

    public override bool IsEscaped => Name is "json" or "xml" or "urlencode" or "raw" or "number" or "boolean";

    public override ImmutableArray<ExpressionReference> Required => [.. arguments.SelectMany(static argument => argument.Required).Distinct()];

    public override Evaluation Evaluate(IEvaluationScope scope)
    {
        var values = new Evaluation[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(scope);
        }

        var result = function.ScopedBody is { } body ? body(scope, values) : function.Body(values);
        return result.Value.TryGetText(out var text) && text.Length > ExpressionLimits.ResultLength
            ? Evaluation.Unusable(Name, $"gives more than {ExpressionLimits.ResultLength} characters")
            : result;
    }

    public override IEnumerable<PathNode> Paths => arguments.SelectMany(static argument => argument.Paths);

    public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
        if (function.Root is { } root)
        {
            references.Add(new(root, null));
        }

        foreach (var argument in arguments)
        {
            argument.AddReferences(references);
        }
    }
}
