using System.Collections.Immutable;

namespace TokenKit.Language.Expressions;

/// <summary>The values that are known without asking anybody: parameters and the client's id. Secrets and tokens are masked.</summary>
internal sealed class MaskedScope(ImmutableDictionary<string, string> parameters, string? clientId) : IEvaluationScope
{
    public const string Mask = "***";

    public static bool IsSecret(ExpressionReference reference) => reference switch
    {
        { Root: "secret" or "tokens" or "jwt" or "assertion" } => true,
        { Root: "client", Member: "secret" } => true,
        { Root: "token", Member: "access" or "refresh" } => true,
        _ => false,
    };

    public static bool IsKnown(ExpressionReference reference) =>
        reference is { Root: "param" } or { Root: "client", Member: "id" };

    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
    {
        ("param", { } name) => ExpressionValue.Of(parameters.GetValueOrDefault(name)),
        ("client", "id") => ExpressionValue.Of(clientId),
        _ when IsSecret(new ExpressionReference(root, member)) => ExpressionValue.Of(Mask),
        _ => ExpressionValue.Of($"${{{(member is null ? root : $"{root}.{member}")}}}"),
    };
}
