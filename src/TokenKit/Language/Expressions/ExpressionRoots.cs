using System.Collections.Frozen;

namespace TokenKit.Language.Expressions;

/// <summary>The roots of the language: which names may follow each, and whether anything may follow those.</summary>
internal static class ExpressionRoots
{
    private static readonly FrozenDictionary<string, RootRule> Rules = new Dictionary<string, RootRule>
    {
        ["client"] = RootRule.OneOf("id", "secret"),
        ["secret"] = RootRule.AnyName,
        ["param"] = RootRule.AnyName,
        ["subject"] = RootRule.Alone,
        ["token"] = RootRule.OneOf("access", "refresh", "expiresAt", "values") with { MembersWithParts = ["values"] },
        ["tokens"] = RootRule.AnyName with { HasParts = true },
        ["jwt"] = RootRule.AnyName,
        ["assertion"] = RootRule.AnyName,
        ["now"] = RootRule.Alone,
        ["uuid"] = RootRule.Alone,
        ["request"] = RootRule.OneOf("method", "path", "body"),
        ["body"] = RootRule.Value,
        ["text"] = RootRule.Alone,
        ["header"] = RootRule.AnyName,
        ["cookie"] = RootRule.AnyName,
        ["status"] = RootRule.Alone,
        ["step"] = RootRule.Value,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Rules.Keys.Order(StringComparer.Ordinal);

    public static RootRule? Find(string root) => Rules.GetValueOrDefault(root);
}

/// <summary>What may follow a root.</summary>
internal sealed record RootRule
{
    /// <summary>A plain value: nothing follows.</summary>
    public static RootRule Alone { get; } = new();

    /// <summary>A value with parts of its own, which follow at once.</summary>
    public static RootRule Value { get; } = new() { HasParts = true };

    /// <summary>A name of the user's choosing follows.</summary>
    public static RootRule AnyName { get; } = new() { NeedsMember = true };

    public bool NeedsMember { get; private init; }

    /// <summary>The only names that may follow; empty for any.</summary>
    public string[] Members { get; private init; } = [];

    /// <summary>Whether names and indexes may follow the root, or its member.</summary>
    public bool HasParts { get; init; }

    public string[] MembersWithParts { get; init; } = [];

    public static RootRule OneOf(params string[] members) => new() { NeedsMember = true, Members = members };

    public bool Allows(string member) => Members.Length == 0 || Members.Contains(member, StringComparer.Ordinal);

    public bool AllowsPartsAfter(string? member) =>
        HasParts || (member is not null && MembersWithParts.Contains(member, StringComparer.Ordinal));
}
