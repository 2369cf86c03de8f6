using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>A node of a JSON template: a closed set.</summary>
internal abstract class JsonTemplateNode
{
    private JsonTemplateNode()
    {
    }

    /// <summary>Appends JSON text, or says why there is none. What it appended before a problem is to be dropped.</summary>
    public abstract TemplateResult? Append(StringBuilder json, IEvaluationScope scope);

    /// <summary>The references without which it certainly does not resolve.</summary>
    public virtual IEnumerable<ExpressionReference> Required => [];

    public virtual void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
    {
    }

    /// <summary>The values below it that hold no others, in order.</summary>
    /// <param name="path">Where it stands itself.</param>
    public abstract IEnumerable<JsonLeaf> Leaves(string path);

    /// <summary>A number, <c>true</c>, <c>false</c> or <c>null</c> as written.</summary>
    public sealed class Constant(string json) : JsonTemplateNode
    {
        public override TemplateResult? Append(StringBuilder output, IEvaluationScope scope)
        {
            output.Append(json);
            return null;
        }

        public override IEnumerable<JsonLeaf> Leaves(string path) => [new(path, json, [], _ => TemplateResult.Rendered(json))];
    }

    /// <summary>A string.</summary>
    public sealed class Text(Template template) : JsonTemplateNode
    {
        public override IEnumerable<ExpressionReference> Required => template.Required;

        public override TemplateResult? Append(StringBuilder output, IEvaluationScope scope)
        {
            var result = template.Render(scope);
            if (!result.IsText)
            {
                return result;
            }

            output.Append(JsonText.Quote(result.Text));
            return null;
        }

        public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references) =>
            references.AddRange(template.References);

        public override IEnumerable<JsonLeaf> Leaves(string path) => [new(path, template.Source, template.References, template.Render)];
    }

    /// <summary>A value with its type: what <c>json</c>, <c>number</c> and <c>boolean</c> give is JSON already.</summary>
    public sealed class Typed(CompiledExpression expression) : JsonTemplateNode
    {
        public override IEnumerable<ExpressionReference> Required => expression.Root.Required;

        public override TemplateResult? Append(StringBuilder output, IEvaluationScope scope)
        {
            var problem = RenderedValue.Read(expression.Root.Evaluate(scope), out var text);
            if (problem is null)
            {
                output.Append(text);
            }

            return problem;
        }

        public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references) =>
            references.AddRange(expression.References);

        public override IEnumerable<JsonLeaf> Leaves(string path) => [new(path, $"${{{expression.Source}}}", expression.References, Render)];

        private TemplateResult Render(IEvaluationScope scope) =>
            RenderedValue.Read(expression.Root.Evaluate(scope), out var text) ?? TemplateResult.Rendered(text!);
    }

    public sealed class Array(ImmutableArray<JsonTemplateNode> items) : JsonTemplateNode
    {
        public override IEnumerable<ExpressionReference> Required => items.SelectMany(static item => item.Required);

        public override TemplateResult? Append(StringBuilder output, IEvaluationScope scope)
        {
            output.Append('[');
            var separator = "";
            foreach (var item in items)
            {
                var start = output.Length;
                output.Append(separator);
                if (item.Append(output, scope) is not { } problem)
                {
                    separator = ",";
                }
                else if (problem.IsLeftOut)
                {
                    output.Length = start;
                }
                else
                {
                    return problem;
                }
            }

            output.Append(']');
            return null;
        }

        public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
        {
            foreach (var item in items)
            {
                item.AddReferences(references);
            }
        }

        public override IEnumerable<JsonLeaf> Leaves(string path) =>
            items.SelectMany((item, index) => item.Leaves(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")));
    }

    public sealed class Object(ImmutableArray<KeyValuePair<string, JsonTemplateNode>> members) : JsonTemplateNode
    {
        public ImmutableArray<KeyValuePair<string, JsonTemplateNode>> Members => members;

        public override IEnumerable<ExpressionReference> Required => members.SelectMany(static member => member.Value.Required);

        public override TemplateResult? Append(StringBuilder output, IEvaluationScope scope)
        {
            output.Append('{');
            var separator = "";
            foreach (var (name, member) in members)
            {
                var start = output.Length;
                output.Append(separator).Append(JsonText.Quote(name)).Append(':');
                if (member.Append(output, scope) is not { } problem)
                {
                    separator = ",";
                }
                else if (problem.IsLeftOut)
                {
                    output.Length = start;
                }
                else
                {
                    return problem;
                }
            }

            output.Append('}');
            return null;
        }

        public override void AddReferences(ImmutableArray<ExpressionReference>.Builder references)
        {
            foreach (var (_, member) in members)
            {
                member.AddReferences(references);
            }
        }

        public override IEnumerable<JsonLeaf> Leaves(string path) =>
            members.SelectMany(member => member.Value.Leaves(path.Length == 0 ? NameOf(member.Key) : $"{path}.{NameOf(member.Key)}"));

        // {"a.b": 1} is not {"a": {"b": 1}}.
        private static string NameOf(string name) => name.AsSpan().ContainsAny('.', '[', '"') || name.Length == 0 ? JsonText.Quote(name) : name;
    }
}
