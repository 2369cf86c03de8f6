using System.Collections.Immutable;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions;

/// <summary>The values that a mark may read: parameters and the subject. Whatever else a template reads has no part in a mark.</summary>
internal sealed class MarkScope : IEvaluationScope
{
    private readonly ImmutableDictionary<string, string> _parameters;
    private readonly ImmutableHashSet<string> _resolved;
    private readonly string? _subject;

    private MarkScope(ImmutableDictionary<string, string> parameters, ImmutableHashSet<string> resolved, string? subject) =>
        (_parameters, _resolved, _subject) = (parameters, resolved, subject);

    /// <summary>Without a key: what reads the subject or a parameter that code resolves stays as it is written.</summary>
    public static MarkScope WithoutKey(ImmutableDictionary<string, string> parameters, ImmutableHashSet<string> resolved) =>
        new(parameters, resolved, null);

    /// <summary>With all the parameters of one key.</summary>
    public static MarkScope Of(ImmutableDictionary<string, string> parameters, string subject) => new(parameters, [], subject);

    /// <summary>Whether a text that reads this may be part of a mark as the value it has.</summary>
    public static bool IsKnown(ExpressionReference reference) => reference.Root is "param" or "subject";

    public static bool AreKnown(IEnumerable<ExpressionReference> references) => references.All(IsKnown);

    /// <summary>What of it differs from key to key and is not known here.</summary>
    public ImmutableArray<ExpressionReference> OfKey(IEnumerable<ExpressionReference> references) =>
        _subject is null ? [.. references.Where(IsOfKey)] : [];

    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("param", { } name) => ExpressionValue.Of(_parameters.GetValueOrDefault(name)),
        ("subject", null) when _subject is { Length: > 0 } => ExpressionValue.Of(_subject),
        _ => ExpressionValue.Absent,
    };

    private bool IsOfKey(ExpressionReference reference) =>
        reference is { Root: "subject" } || (reference is { Root: "param", Member: { } name } && _resolved.Contains(name));
}
