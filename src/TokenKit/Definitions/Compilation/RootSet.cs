using System.Collections.Frozen;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Compilation;

/// <summary>Which roots have values at a place of a definition.</summary>
internal sealed class RootSet(string place, params string[] roots)
{
    private readonly FrozenSet<string> _roots = roots.ToFrozenSet(StringComparer.Ordinal);

    public static RootSet Request { get; } = new("a request", "client", "secret", "param", "subject", "token", "tokens", "jwt", "assertion", "now", "uuid", "random");

    public static RootSet LaterStep { get; } = new(
        "a request", "step", "client", "secret", "param", "subject", "token", "tokens", "jwt", "assertion", "now", "uuid", "random");

    public static RootSet Jwt { get; } = new(
        "Jwt", "client", "secret", "param", "subject", "token", "tokens", "assertion", "now", "uuid", "random", "request");

    public static RootSet Answer { get; } = new(
        "an answer", "body", "text", "header", "cookie", "status", "step", "client", "secret", "param", "subject", "token",
        "tokens", "jwt", "assertion", "now", "uuid", "random");

    public static RootSet Client { get; } = new("Client", "secret", "param", "subject");

    public static RootSet Seed { get; } = new("Seed", "secret", "param", "subject");

    public static RootSet Placement { get; } = new(
        "Placement", "token", "tokens", "client", "secret", "param", "subject", "jwt", "assertion", "now", "uuid", "random", "request");

    public static RootSet BaseUrl { get; } = new("Placement.BaseUrl", "token", "param", "subject");

    public static RootSet ExpirySignal { get; } = new("an expiry signal", "status", "header", "body");

    public static RootSet Origins { get; } = new("AllowedOrigins", "param");

    /// <summary>What is wrong with reading a root here, or <see langword="null"/>.</summary>
    public string? ProblemWith(ExpressionReference reference) => _roots.Contains(reference.Root)
        ? null
        : $"'{reference.Root}' has no value in {place}; there are {string.Join(", ", roots)}";
}
