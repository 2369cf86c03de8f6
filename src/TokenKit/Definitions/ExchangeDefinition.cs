using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Origins;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions;

/// <summary>One request to a token endpoint and how its answer is read. Immutable; everything in it is compiled.</summary>
internal sealed record ExchangeDefinition
{
    /// <summary>Where it stands in the definition, for messages: <c>Request</c>, <c>RefreshRequest</c>, <c>Seed</c>.</summary>
    public required string Section { get; init; }

    /// <summary>What messages call the request, which may be one of several: <c>the renewal (RefreshRequest.Steps[0])</c>.</summary>
    public string Name => Grant switch
    {
        SentGrant.Stored => $"the renewal ({Section})",
        SentGrant.Login => $"the login ({Section})",
        SentGrant.Code => $"the code ({Section})",
        _ => $"the request ({Section})",
    };

    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>Alternatives: the first whose values all resolve is used. Place <see cref="TemplatePlace.Url"/>.</summary>
    public required ImmutableArray<Template> Url { get; init; }

    public ImmutableArray<FieldDefinition> Headers { get; init; } = [];

    /// <summary>Added to the query that the URL already has.</summary>
    public ImmutableArray<FieldDefinition> Query { get; init; } = [];

    public required BodyDefinition Body { get; init; }

    public ClientAuthenticationMethod Authentication { get; init; } = ClientAuthenticationMethod.Off;

    public BasicEncoding BasicEncoding { get; init; } = BasicEncoding.Form;

    /// <summary>Names that the credentials are not sent under, because the definition takes the fields away.</summary>
    public ImmutableArray<string> RemovedFields { get; init; } = [];

    public ClientDefinition Client
    {
        get;
        init => (field, SecretNames) = (value, SecretNamesOf(References, value));
    }
    = new();

    public required ResponseDefinition Response { get; init; }

    /// <summary>The definition's own rules, in order, before the built-in ones.</summary>
    public ImmutableArray<FailureRule> Failures { get; init; } = [];

    /// <summary>Whether it reads <c>token.refresh</c> or <c>token.access</c>: an ambiguous answer may have cost the stored one.</summary>
    public bool SendsStoredToken { get; init; }

    /// <summary>Whether it reads <c>token.refresh</c>: only then do messages speak of a refresh token.</summary>
    public bool SendsRefreshToken { get; init; }

    /// <summary>What this request, without its earlier steps, shows in order to be given a token.</summary>
    public SentGrant Grant
    {
        get => SendsStoredToken ? SentGrant.Stored : field;
        init;
    }

    /// <summary>A hash of what the definition says about the request and all its steps, so that another definition is known for one.</summary>
    public string Written { get; init; } = "";

    /// <summary>The requests that come before this one, in order; their answers are <c>step[0]</c> and so on.</summary>
    public ImmutableArray<ExchangeDefinition> EarlierSteps { get; init; } = [];

    /// <summary>Whether any of the requests sends a stored token.</summary>
    public bool CostsStoredToken => SendsStoredToken || EarlierSteps.Any(static step => step.SendsStoredToken);

    /// <summary>Whether nothing is sent: the token is made from what the definition itself knows.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The issuer whose metadata names the endpoint (RFC 8414), where <see cref="Url"/> is empty.</summary>
    public ImmutableArray<Template> Authority { get; init; } = [];

    /// <summary>Where the request may go; <see langword="null"/> where the definition itself writes the origin down.</summary>
    public AllowedOrigins? AllowedOrigins { get; init; }

    /// <summary>Where <see cref="AllowedOrigins"/> are written, for messages.</summary>
    public string AllowedOriginsPath { get => field ?? $"{Section}.AllowedOrigins"; init; }

    /// <summary>The signer that finishes the request.</summary>
    public string? Sign { get; init; }

    /// <summary>
    /// Whether the answer must name the token's type (RFC 6749 section 5.1): a grant of the standard is asked for, and the
    /// definition reads the answer as the standard writes it.
    /// </summary>
    public bool PromisesTokenType { get; init; }

    /// <summary>The types of token that are usable after an exchange (RFC 8693 section 2.2.1); empty: any.</summary>
    public ImmutableArray<string> IssuedTokenTypes { get; init; } = [];

    /// <summary>What the requests themselves read, the answers' maps apart.</summary>
    public ImmutableArray<ExpressionReference> Sent { get; init; } = [];

    /// <summary>Without which of the stored tokens the requests certainly cannot be made.</summary>
    public ImmutableArray<ExpressionReference> Needs { get; init; } = [];

    /// <summary>The scope asked for, joined as it is sent, to notice a smaller grant (RFC 6749 section 3.3).</summary>
    public string? RequestedScope { get; init; }

    /// <summary>Every root that anything in the request or its response map reads.</summary>
    public required ImmutableArray<ExpressionReference> References
    {
        get;
        init => (field, SecretNames) = (value, SecretNamesOf(value, Client));
    }
    = [];

    /// <summary>Every secret that the request, its response map or its client reads.</summary>
    public ImmutableArray<string> SecretNames { get; private init; } = [];

    private static ImmutableArray<string> SecretNamesOf(ImmutableArray<ExpressionReference> references, ClientDefinition client) =>
        references.Concat(client.References).NamesOf("secret");
}

/// <summary>A header, a query value or a form field.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Alternatives">The first whose values all resolve is used; left out when it is optional and none does.</param>
/// <param name="OmitEmpty">Whether an empty text is left out, as RFC 6749 section 3.2 asks of presets.</param>
internal sealed record FieldDefinition(string Name, ImmutableArray<Template> Alternatives, bool OmitEmpty = false);

/// <summary>The body of a request: a closed set.</summary>
internal abstract record BodyDefinition
{
    private BodyDefinition()
    {
    }

    public sealed record None : BodyDefinition;

    /// <summary>Ordered fields, form-urlencoded in UTF-8.</summary>
    public sealed record Form(ImmutableArray<FieldDefinition> Fields) : BodyDefinition;

    /// <summary>A JSON document whose strings are templates.</summary>
    public sealed record Json(JsonTemplate Document) : BodyDefinition;

    public sealed record Text(ImmutableArray<Template> Content, string ContentType) : BodyDefinition;
}
