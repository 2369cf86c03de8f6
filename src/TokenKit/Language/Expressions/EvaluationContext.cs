using System.Collections.Immutable;
using TokenKit.Language.Expressions.Functions;
using TokenKit.Language.Signing;
using TokenKit.Work;

namespace TokenKit.Language.Expressions;

/// <summary>
/// The values of one operation: one exchange with all its steps, or one API call. <c>now</c> and <c>uuid</c> are the same
/// everywhere in it.
/// </summary>
/// <remarks>Immutable; secrets were resolved before it was made, so that evaluation does no I/O.</remarks>
internal sealed record EvaluationContext : IEvaluationScope
{
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>The resolved secrets by name; a name that is missing here has no value.</summary>
    public ImmutableDictionary<string, string> Secrets { get; init; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableDictionary<string, string> Params { get; init; } = ImmutableDictionary<string, string>.Empty;

    public string Subject { get; init; } = "";

    /// <summary>The stored token set, or the present one for a placement.</summary>
    public TokenSet? Token { get; init; }

    public DateTimeOffset Now { get; init; }

    public Guid Uuid { get; init; }

    /// <summary>What <c>jwt.NAME</c> gives; <see langword="null"/> where nothing is signed.</summary>
    public JwtIssuance? Jwts { get; init; }

    /// <summary>What <c>random(n)</c> draws from.</summary>
    public Randomness? Randomness { get; init; }

    /// <summary>The tokens of other registrations, fetched before the context was made.</summary>
    public ImmutableDictionary<string, ExpressionValue> Tokens { get; init; } = ImmutableDictionary<string, ExpressionValue>.Empty;

    /// <summary>What <see cref="IAssertionSource"/> gave, by name.</summary>
    public ImmutableDictionary<string, string> Assertions { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The answers of the steps so far.</summary>
    public ExpressionValue Steps { get; init; } = ExpressionValue.Absent;

    /// <summary>The client assertion of this attempt (RFC 7523 section 2.2).</summary>
    public string? ClientAssertion { get; init; }

    /// <summary>The endpoint that the definition's <c>Authority</c> names.</summary>
    public string? DiscoveredEndpoint { get; init; }

    public ExpressionValue Resolve(string root, string? member) => Resolve(root, member, this);

    /// <summary>As <see cref="Resolve(string, string?)"/>, with the scope that a <c>jwt.NAME</c> is signed in.</summary>
    public ExpressionValue Resolve(string root, string? member, IEvaluationScope scope) => (root, member) switch
    {
        ("jwt", ClientAssertionNames.Member) => ExpressionValue.Of(ClientAssertion),
        ("jwt", { } name) => Jwts?.Issue(name, scope) ?? ExpressionValue.Absent,
        ("tokens", { } name) => Tokens.GetValueOrDefault(name, ExpressionValue.Absent),
        ("assertion", { } name) => ExpressionValue.Of(Assertions.GetValueOrDefault(name)),
        ("step", null) => Steps,
        ("random", { } length) when Randomness is not null => ExpressionValue.Of(CredentialFunctions.RandomText(Randomness, length)),
        _ => ResolvePlain(root, member),
    };

    private ExpressionValue ResolvePlain(string root, string? member) => (root, member) switch
    {
        ("client", "id") => ExpressionValue.Of(ClientId),
        ("client", "secret") => ExpressionValue.Of(ClientSecret),
        ("secret", { } name) => ExpressionValue.Of(Secrets.GetValueOrDefault(name)),
        ("param", { } name) => ExpressionValue.Of(Params.GetValueOrDefault(name)),
        ("subject", null) => Subject.Length == 0 ? ExpressionValue.Absent : ExpressionValue.Of(Subject),
        ("token", "access") => ExpressionValue.Of(Token?.AccessToken?.Reveal()),
        ("token", "refresh") => ExpressionValue.Of(Token?.RefreshToken?.Reveal()),
        ("token", "expiresAt") when Token is { AccessToken: not null } token && token.Lifetime != Timeout.InfiniteTimeSpan =>
            ExpressionValue.Of(token.ObtainedAt + token.Lifetime),
        ("token", "values") when Token is { } token => ValuesOf(token),
        ("now", null) => ExpressionValue.Of(Now),
        ("uuid", null) => ExpressionValue.Of(Uuid.ToString("D")),
        _ => ExpressionValue.Absent,
    };

    public EvaluationContext With(ImmutableDictionary<string, string> secrets) =>
        ReferenceEquals(secrets, Secrets) ? this : this with { Secrets = secrets };

    // A record prints its members, and these are secrets.
    public override string ToString() => "evaluation context";

    private static ExpressionValue.ObjectValue ValuesOf(TokenSet token) =>
        new(token.Values.ToImmutableDictionary(pair => pair.Key, pair => ExpressionValue.Of(pair.Value.Text)));
}
