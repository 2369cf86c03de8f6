using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Expressions;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Checking.Explaining;

/// <summary>Explains a compiled definition: nothing is fetched, nothing is sent.</summary>
internal sealed class DefinitionExplainer
{
    private readonly TokenDefinition _definition;
    private readonly ConfigurationOrigins _origins;
    private readonly TemplateDisplay _display;

    private DefinitionExplainer(TokenDefinition definition, ConfigurationOrigins origins)
    {
        _definition = definition;
        _origins = origins;

        // The client's id may itself be a template of parameters, or a secret.
        var client = Exchanges(definition).Select(static exchange => exchange.Client.Id).FirstOrDefault(static id => !id.IsDefaultOrEmpty, []);
        var id = client.IsEmpty ? null : new TemplateDisplay(new MaskedScope(definition.Params, null)).Show(client);
        _display = new TemplateDisplay(new MaskedScope(definition.Params, id));
    }

    public static TokenExplanation Explain(TokenDefinition definition, ConfigurationOrigins origins)
    {
        var explainer = new DefinitionExplainer(definition, origins);
        return new TokenExplanation
        {
            Name = definition.Name,
            Requests = explainer.Requests(),
            Placement = explainer.Placement(),
            Values = explainer.Values(),
            GrantMark = explainer.Mark(definition.Marks.GrantParts, definition.Marks.GrantReadsKey, static marks => marks.Grant),
            TokenMark = explainer.Mark(definition.Marks.TokenParts, definition.Marks.TokenReadsKey, static marks => marks.Token),
            Keys = origins.Keys(),
        };
    }

    private static IEnumerable<ExchangeDefinition> Exchanges(TokenDefinition definition) =>
        new[] { definition.Seed?.CodeExchange, definition.Request, definition.RefreshRequest }.OfType<ExchangeDefinition>();

    private ImmutableArray<ExplainedRequest> Requests() =>
    [
        .. Explained(_definition.Seed?.CodeExchange, "once, to redeem the seed's code"),
        .. Explained(_definition.Request, WhenRequested()),
        .. Explained(_definition.RefreshRequest, "when what it reads is stored"),
    ];

    private string WhenRequested() => _definition switch
    {
        { RefreshRequest: null } => "whenever a token is needed",
        { RequestWhen: RequestWhen.Never } => "never",
        { RequestWhen: RequestWhen.RefreshMissingOrRejected } => "when what RefreshRequest reads is not stored, and when the server rejects it",
        _ => "when what RefreshRequest reads is not stored",
    };

    private IEnumerable<ExplainedRequest> Explained(ExchangeDefinition? exchange, string when)
    {
        if (exchange is null)
        {
            return [];
        }

        return exchange.EarlierSteps.Append(exchange).Select(step => Explain(step, when));
    }

    private ExplainedRequest Explain(ExchangeDefinition exchange, string when) => new()
    {
        Section = exchange.Section,
        When = when,
        Method = exchange.Method.Method,
        Url = exchange switch
        {
            { IsLocal: true } => "",
            { Url.IsEmpty: true, Authority.IsEmpty: true } => "(by the registered ITokenRequester)",
            { Url.IsEmpty: true } => $"the token endpoint that {_display.Show(exchange.Authority)} publishes",
            _ => _display.Show(exchange.Url),
        },
        Query = _display.Show(exchange.Query),
        Headers = HeadersOf(exchange),
        Form = exchange.Body is BodyDefinition.Form form ? _display.Show(form.Fields) : [],
        Body = exchange.Body switch
        {
            BodyDefinition.Json json => _display.Show(json.Document),
            BodyDefinition.Text text => _display.Show(text.Content),
            _ => null,
        },
        Authentication = Authentications.NameOf(exchange.Authentication),
    };

    private ImmutableArray<KeyValuePair<string, string>> HeadersOf(ExchangeDefinition exchange)
    {
        var headers = _display.Show(exchange.Headers);
        if (exchange.Authentication == ClientAuthenticationMethod.ClientSecretBasic)
        {
            headers = headers.Insert(0, new("Authorization", $"Basic {MaskedScope.Mask}"));
        }

        return headers.Any(static header => header.Key.Equals("Accept", StringComparison.OrdinalIgnoreCase))
            ? headers
            : headers.Add(new("Accept", "application/json"));
    }

    private ExplainedPlacement Placement()
    {
        var placement = _definition.Placement;
        return new ExplainedPlacement
        {
            Headers = _display.Show(placement.Headers),
            Query = _display.Show(placement.Query),
            BaseUrl = placement.BaseUrl.IsEmpty ? null : _display.Show(placement.BaseUrl),
            AllowedOrigins = [.. placement.AllowedOrigins.Select(static origin => $"{origin.Scheme}://{origin.Host}:{origin.Port}")],
        };
    }

    private ExplainedMark Mark(ImmutableArray<MarkPart> parts, bool readsKey, Func<TokenMarks, DefinitionMark> read) => new()
    {
        Mark = readsKey ? null : read(_definition.Marks.For(_definition.Params, "")).ToString(),
        Parts = [.. parts.Select(static part => KeyValuePair.Create(part.Name, part.Text))],
    };

    private ImmutableArray<ExplainedValue> Values() =>
    [
        .. Exchanges(_definition)
            .SelectMany(static exchange => exchange.References
                .Concat(exchange.Client.References)
                .Concat(exchange.EarlierSteps.SelectMany(static step => step.References)))
            .Concat(_definition.Seed?.References ?? [])
            .Concat(_definition.Placement.References)
            .Where(static reference => !IsOfTheAnswer(reference))
            .Distinct()
            .Select(Explain)
            .OrderBy(static value => value.Name, StringComparer.Ordinal),
    ];

    private static bool IsOfTheAnswer(ExpressionReference reference) =>
        reference.Root is "body" or "text" or "header" or "cookie" or "status";

    private ExplainedValue Explain(ExpressionReference reference)
    {
        var name = reference.Member is { } member ? $"{reference.Root}.{member}" : reference.Root;
        return new ExplainedValue { Name = name, Origin = OriginOf(reference), Value = reference is { Root: "param", Member: { } param } ? _definition.Params.GetValueOrDefault(param) : null };
    }

    private string OriginOf(ExpressionReference reference) => reference switch
    {
        { Root: "secret", Member: { } name } => SecretOrigin(name),
        { Root: "param", Member: { } name } => _origins.Describe($"Params:{name}", "Params")
            ?? CodeUnless(!_definition.Params.ContainsKey(name) && !_definition.ResolvedParams.Contains(name)),
        { Root: "client", Member: "id" } => _origins.Describe("Client:Id")
            ?? CodeUnless(Exchanges(_definition).All(static exchange => exchange.Client.Id.IsEmpty)),
        { Root: "client", Member: "secret" } => _origins.Describe("Client:Secret", "Client:Secrets")
            ?? CodeUnless(Exchanges(_definition).All(static exchange => exchange.Client.Secret.IsEmpty && exchange.Client.Secrets.IsEmpty)),
        { Root: "token", Member: "values" } => "an earlier answer, kept with the token",
        { Root: "token" } => "the stored token",
        { Root: "tokens", Member: { } name } => $"the token '{name}'",
        { Root: "jwt", Member: { } name } => $"made and signed for each request, by {_origins.Describe($"Jwt:{name}") ?? "code"}",
        { Root: "assertion" } => "the registered IAssertionSource",
        { Root: "subject" } => "the caller who asks for the token",
        { Root: "step" } => "the answer of an earlier step",
        { Root: "request" } => "the request itself",
        _ => "made for each operation",
    };

    // What is not set and optional comes from nowhere; what is needed and not set would not have compiled.
    private static string CodeUnless(bool isNotSet) => isNotSet ? "nothing: it is optional and not set" : "code";

    private string SecretOrigin(string name) =>
        _origins.DescribeAbsolute($"{ConfigurationSecretStore.Section}:{name}") is { } configured
            ? $"{configured}, unless the store has it"
            : $"the store; not in the configuration section {ConfigurationSecretStore.Section}";
}
