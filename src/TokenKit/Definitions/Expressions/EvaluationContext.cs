using System.Collections.Immutable;

namespace TokenKit;

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

    public ExpressionValue Resolve(string root, string? member) => (root, member) switch
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

    public EvaluationContext With(ImmutableDictionary<string, string> secrets) => this with { Secrets = secrets };

    /// <summary>With <c>client.id</c> and <c>client.secret</c>, rendered from the values so far.</summary>
    public EvaluationContext WithClient(ClientDefinition client) => this with
    {
        ClientId = client.Id.RenderFirst(this).Text,
        ClientSecret = client.Secret.RenderFirst(this).Text,
    };

    // A record prints its members, and these are secrets.
    public override string ToString() => "evaluation context";

    private static ExpressionValue.ObjectValue ValuesOf(TokenSet token) =>
        new(token.Values.ToImmutableDictionary(pair => pair.Key, pair => ExpressionValue.Of(pair.Value.Text)));
}
