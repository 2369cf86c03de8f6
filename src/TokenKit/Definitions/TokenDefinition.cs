using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions;

/// <summary>What options compile into: how one token is obtained, renewed, read, judged and placed. Immutable.</summary>
internal sealed record TokenDefinition
{
    public required string Name { get; init; }

    /// <summary>The exchange that needs only credentials, where there is one.</summary>
    public ExchangeDefinition? Request { get; init; }

    /// <summary>The exchange that needs the stored refresh (or access) token, where there is one.</summary>
    public ExchangeDefinition? RefreshRequest { get; init; }

    public RequestWhen RequestWhen { get; init; } = RequestWhen.RefreshMissing;

    public required PlacementDefinition Placement { get; init; }

    /// <summary>A snapshot of the options, which nobody changes.</summary>
    public required TokenFreshnessOptions Freshness { get; init; }

    /// <summary>A snapshot of the options, which nobody changes.</summary>
    public required TokenResilienceOptions Resilience { get; init; }

    public SeedDefinition? Seed { get; init; }

    public required SecretDefinition Secret { get; init; }

    /// <summary>Tells tokens and grants of this definition from those of another over the same record.</summary>
    public required DefinitionMarks Marks { get; init; }

    /// <summary>The values of <c>param.NAME</c>.</summary>
    public ImmutableDictionary<string, string> Params { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The tokens that <c>jwt.NAME</c> signs.</summary>
    public ImmutableDictionary<string, JwtDefinition> Jwts { get; init; } = ImmutableDictionary<string, JwtDefinition>.Empty;

    /// <summary>Where configuration holds a secret in plain.</summary>
    public ImmutableArray<string> PlainSecrets { get; init; } = [];

    /// <summary>Whether a refresh token may come to be stored that is of use; not where credentials are all it needs.</summary>
    public bool MayHoldRefreshToken => Request is null || RefreshRequest is not null || Seed is not null;

    /// <summary>Every other registration whose token is read.</summary>
    public IEnumerable<string> OtherTokens =>
        new[] { Request, RefreshRequest, Seed?.CodeExchange }.SelectMany(static exchange => exchange?.References ?? [])
            .Concat(Placement.References)
            .Where(static reference => reference is { Root: "tokens", Member: not null })
            .Select(static reference => reference.Member!)
            .Distinct(StringComparer.Ordinal);

    /// <summary>Every secret that anything in it reads.</summary>
    public IEnumerable<string> SecretNames =>
        new[] { Request, RefreshRequest, Seed?.CodeExchange }.OfType<ExchangeDefinition>()
            .SelectMany(static exchange => exchange.EarlierSteps.Append(exchange))
            .SelectMany(static exchange => exchange.References.Concat(exchange.Client.References))
            .Concat(Placement.References)
            .Concat(Seed?.References ?? [])
            .Concat(Jwts.Values.SelectMany(static jwt => jwt.References))
            .Where(static reference => reference is { Root: "secret", Member: not null })
            .Select(static reference => reference.Member!)
            .Distinct(StringComparer.Ordinal);

    /// <summary>
    /// Whether placing a token needs more than the token, parameters and the subject: a secret, an assertion, or the client
    /// certificate that calls present beside it.
    /// </summary>
    public bool FetchesToPlace =>
        Placement.ReadsSecrets || (Request ?? RefreshRequest)?.Client.Certificate.IsEmpty is false;

    /// <summary>The names of <c>param.NAME</c> that code resolves for each key, beside or above <see cref="Params"/>.</summary>
    public ImmutableHashSet<string> ResolvedParams { get; init; } = [];

    /// <summary>The names of values that its answers keep; <see langword="null"/> where it cannot be told.</summary>
    public ImmutableArray<string>? KeptValues { get; init; }

    /// <summary>The names of values that its answers keep as secrets.</summary>
    public ImmutableArray<string> SecretValues { get; init; } = [];

    /// <summary>The values of other registrations' answers that it puts into the URL of a token request without allowing secrets there.</summary>
    public ImmutableArray<OtherValue> ValuesOfOthersInUrl { get; init; } = [];

    /// <summary>The values of other registrations' answers that it reads.</summary>
    public ImmutableArray<OtherValue> ValuesOfOthers { get; init; } = [];

    /// <summary>Plain http is allowed on loopback addresses; for tests.</summary>
    public bool DangerousAllowHttpOnLoopback { get; init; }

    /// <summary>Whether the application's own code sends the requests, and is given all that is stored.</summary>
    public bool IsRequestedByCode { get; init; }
}

/// <summary>First tokens, or a code to redeem for them, that configuration brings. Used once.</summary>
internal sealed record SeedDefinition
{
    public ImmutableArray<Template> RefreshToken { get; init; } = [];

    public ImmutableArray<Template> AccessToken { get; init; } = [];

    /// <summary>How long the access token still lives; <see langword="null"/> where nobody knows.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>The exchange that redeems an authorization code (RFC 6749 section 4.1.3), where the seed is a code.</summary>
    public ExchangeDefinition? CodeExchange { get; init; }

    /// <summary>
    /// The alternatives whose rendered text, hashed, tells whether the seed has changed. Of two tokens that is the refresh token: a
    /// corrected access token beside it must not bring back one that is spent.
    /// </summary>
    public required ImmutableArray<Template> Identity { get; init; }

    /// <summary>Every root that its own texts read, the exchange of a code apart.</summary>
    public IEnumerable<ExpressionReference> References =>
        Identity.Concat(RefreshToken).Concat(AccessToken).SelectMany(static template => template.References);
}

/// <summary>Where the token set is stored.</summary>
internal sealed record SecretDefinition
{
    public required string Name { get; init; }

    /// <summary>Overrides the host's environment, where set.</summary>
    public string? Environment { get; init; }

    /// <summary>It can be read and never written.</summary>
    public bool Locked { get; init; }

    /// <summary>
    /// Whether the definition says in writing that the record holds one access token: whoever does so knows that the server ends the
    /// former one, wherever it was obtained.
    /// </summary>
    public bool IsOneWritten { get; init; }

    /// <summary>Whether the server keeps former access tokens and the grant's scope, so that the record holds a token for each mark.</summary>
    public bool KeepsMany { get; init; }
}
