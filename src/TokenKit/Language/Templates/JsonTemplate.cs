using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Templates;

/// <summary>A compiled JSON document with <c>${…}</c> in its strings.</summary>
internal abstract class JsonTemplate
{
    public abstract ImmutableArray<ExpressionReference> References { get; }

    /// <summary>The references without which it certainly does not resolve.</summary>
    public virtual ImmutableArray<ExpressionReference> Required => References;

    /// <summary>The values in it that hold no others, in order.</summary>
    public abstract IEnumerable<JsonLeaf> Leaves { get; }

    /// <summary>Renders to JSON text; <see cref="TemplateResult.Missing"/> where a value is missing that is not optional.</summary>
    public abstract TemplateResult Render(IEvaluationScope scope);
}
