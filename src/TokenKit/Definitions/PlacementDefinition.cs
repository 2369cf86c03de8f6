using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Origins;

namespace TokenKit.Definitions;

/// <summary>How a token is placed on API calls, and on which.</summary>
internal sealed record PlacementDefinition
{
    /// <summary>The headers to set, the token's own first. Place <see cref="TemplatePlace.Header"/>.</summary>
    public required ImmutableArray<PlacedField> Headers { get; init; }

    public ImmutableArray<PlacedField> Query { get; init; } = [];

    /// <summary>
    /// Whether the definition itself says how a token is used, whatever type the server calls it by: it writes the value
    /// down, or speaks no grant of the standard, whose types those are.
    /// </summary>
    public bool AnswersForType { get; init; }

    /// <summary>Alternatives; empty where the client has its own base address.</summary>
    public ImmutableArray<Template> BaseUrl { get; init; } = [];

    /// <summary>Whether <see cref="BaseUrl"/> holds values from an answer, so that it is known only with a token.</summary>
    public bool BaseUrlNeedsToken { get; init; }

    /// <summary>Empty: the origin of <see cref="BaseUrl"/>, else of the client's base address.</summary>
    public ImmutableArray<OriginPattern> AllowedOrigins { get; init; } = [];

    /// <summary>Status codes of the API that mean "expired"; 401 by default.</summary>
    public ImmutableArray<int> ExpiryStatuses { get; init; } = [401];

    /// <summary>Conditions on the API's answer that mean "expired".</summary>
    public ImmutableArray<ExpiryCondition> ExpiryConditions { get; init; } = [];

    /// <summary>How many bytes of an answer's body are read at most for a condition that reads it.</summary>
    public int ExpiryBodyLimit { get; init; } = 65_536;

    /// <summary>Bytes kept of a body that cannot be read again by itself; 0 keeps none.</summary>
    public int ReplayBufferLimit { get; init; } = 65_536;

    /// <summary>Whether a client keeps cookies although calls of several identities can meet on it.</summary>
    public bool KeepCookies { get; init; }

    /// <summary>The signer that finishes API calls.</summary>
    public string? Sign { get; init; }

    /// <summary>What the tokens read that it signs for itself.</summary>
    public ImmutableArray<ExpressionReference> JwtReferences { get; init; } = [];

    /// <summary>Every root that anything in it reads.</summary>
    public IEnumerable<ExpressionReference> References =>
        Headers.Concat(Query).SelectMany(static placed => placed.Value).Concat(BaseUrl)
            .SelectMany(static template => template.References).Concat(JwtReferences);

    /// <summary>Whether it reads the body of the call.</summary>
    public bool ReadsBody { get; init; }

    /// <summary>Every other registration whose token stands on a call.</summary>
    public ImmutableArray<string> OtherTokens { get; init; } = [];

    /// <summary>Whether it reads credentials, which must be fetched before it can be rendered.</summary>
    public bool ReadsSecrets =>
        Headers.Any(static placed => !IsAtHand(placed.Value)) || Query.Any(static placed => !IsAtHand(placed.Value))
        || !IsAtHand(BaseUrl) || JwtReferences.Any(IsFetched);

    /// <summary>Whether these alternatives read nothing but the token, parameters and the subject, all of which are at hand.</summary>
    public static bool IsAtHand(ImmutableArray<Template> value) => !value.Any(static template => template.References.Any(IsFetched));

    private static bool IsFetched(ExpressionReference reference) => reference.Root is "secret" or "client" or "assertion";
}

/// <summary>A header or query value that carries the token or goes with it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Alternatives; the first whose values all resolve.</param>
/// <param name="PerCall">
/// Whether it holds <c>now</c>, <c>uuid</c>, <c>request</c>, <c>random(…)</c>, a token that is signed with the time, or another
/// registration's token, and is rendered for each call.
/// </param>
internal sealed record PlacedField(string Name, ImmutableArray<Template> Value, bool PerCall)
{
    /// <summary>Whether the token or a secret may stand in it: it reads more than what is written down, drawn or the call's own.</summary>
    public bool MayHoldToken => Value.Any(static template => template.References.Any(static reference =>
        reference is not ({ Root: "param" or "subject" or "now" or "uuid" or "random" or "request" } or { Root: "client", Member: "id" })));
}
