using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Language.Expressions;

/// <summary>Where a template's text goes, which decides how the values in it are encoded.</summary>
internal enum TemplatePlace
{
    /// <summary>A value of its own (form field, query value, client id): nothing is escaped here, the composer encodes the whole.</summary>
    Value,

    /// <summary>A URL: a value at its start may be a whole origin, one within the host is labels only, one after that is percent-encoded.</summary>
    Url,

    /// <summary>A header value: refused when it holds control characters or anything outside visible ASCII and inner blanks.</summary>
    Header,

    /// <summary>A body that is one text: nothing is escaped, and a value needs an explicit function.</summary>
    Text,

    /// <summary>A <c>Cookie</c> header: as <see cref="Header"/>, and a value among others stays within its cookie.</summary>
    Cookie,
}

/// <summary>What came of rendering a template.</summary>
internal readonly record struct TemplateResult
{
    private TemplateResult(string? text, string? unresolved, bool isLeftOut) =>
        (Text, Unresolved, IsLeftOut) = (text, unresolved, isLeftOut);

    /// <summary>The text, or <see langword="null"/>.</summary>
    public string? Text { get; }

    /// <summary>
    /// A phrase for messages: which reference has no value, or what is wrong with its value, such as
    /// <c>secret.crm has no value</c>; never the value.
    /// </summary>
    public string? Unresolved { get; }

    /// <summary>Whether an optional value is missing, so that the field is left out or the alternative dropped.</summary>
    public bool IsLeftOut { get; }

    [MemberNotNullWhen(true, nameof(Text))]
    public bool IsText => Text is not null;

    public static TemplateResult Rendered(string text) => new(text, null, false);

    public static TemplateResult LeftOut { get; } = new(null, null, true);

    public static TemplateResult Missing(string what) => new(null, what, false);

    // A record prints its members, and the text may be a secret.
    public override string ToString() => IsText ? "rendered" : IsLeftOut ? "left out" : $"missing {Unresolved}";
}

/// <summary>A compiled text with <c>${…}</c> in it: immutable, parsed once, rendered many times.</summary>
internal abstract class Template
{
    /// <summary>The text it was compiled from.</summary>
    public abstract string Source { get; }

    /// <summary>Every root its expressions may read.</summary>
    public abstract ImmutableArray<ExpressionReference> References { get; }

    /// <summary>The references without which it certainly does not resolve.</summary>
    public virtual ImmutableArray<ExpressionReference> Required => References;

    /// <summary>Renders without I/O. Never throws for what a value contains.</summary>
    public abstract TemplateResult Render(IEvaluationScope scope);
}
