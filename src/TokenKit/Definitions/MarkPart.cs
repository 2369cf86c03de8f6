using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions;

/// <summary>One of the things that a mark is made of.</summary>
/// <param name="Name">What it is, such as <c>scope</c> or <c>Request field tenant</c>.</param>
/// <param name="Text">Its text; the template's own where that reads what is known only with the key.</param>
internal readonly record struct MarkPart(string Name, string Text)
{
    /// <summary>What it reads of the key, where the scope is one without a key.</summary>
    public ImmutableArray<ExpressionReference> ReadsOfKey { get => field.IsDefault ? [] : field; init; }

    /// <summary>What the template reads that is left as it is written; a definition's own parameters among them.</summary>
    public ImmutableArray<ExpressionReference> Unread { get => field.IsDefault ? [] : field; init; }

    public override string ToString() => Name;
}
