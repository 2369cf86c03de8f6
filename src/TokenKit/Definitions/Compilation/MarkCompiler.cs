using System.Collections.Immutable;
using System.Globalization;
using TokenKit.Language.Expressions;

namespace TokenKit.Definitions.Compilation;

/// <summary>Finds out what the marks of a definition are made of.</summary>
/// <remarks>
/// What comes and goes without another token being meant is never in them: secrets and how the client authenticates, headers, the
/// method, how answers are read and failures treated, times, placement. A text that reads anything but constants, parameters and the
/// subject has no part in them either, but for the addresses and the client's id, where its template stands for it.
/// </remarks>
internal sealed class MarkCompiler
{
    private const string GrantType = "grant_type";
    private const string Scope = "scope";
    private const string Audience = "audience";
    private const string Resource = "resource";

    private readonly TokenRefreshOptions _options;
    private readonly ImmutableArray<(string Name, ExchangeDefinition Request)> _requests;
    private readonly ExchangeDefinition? _renewal;
    private readonly ImmutableArray<Template> _grantedScope;
    private readonly char[] _separators;

    private MarkCompiler(CompilationContext context, ExchangeDefinition? request, ExchangeDefinition? refreshRequest)
    {
        _options = context.Options;
        _requests = [.. Named("Request", request), .. Named("RefreshRequest", refreshRequest)];
        _renewal = refreshRequest ?? request;

        // A refresh names no scope and asks for the one granted at first (RFC 6749 section 6), which the options tell.
        _grantedScope = _options.Grant == TokenGrants.RefreshToken && GrantPresets.JoinedScope(_options) is { } scope
            ? context.Templates("Scope", scope, TemplatePlace.Value, RootSet.Request)
            : [];

        // Who spells a request out has no other separator to configure; lists of scopes with commas are common.
        _separators = [' ', '\t', '\r', '\n', ',', .. _options.ScopeSeparator ?? ""];
    }

    public static DefinitionMarks Compile(CompilationContext context, ExchangeDefinition? request, ExchangeDefinition? refreshRequest)
    {
        var compiler = new MarkCompiler(context, request, refreshRequest);
        return new DefinitionMarks(
            context.TokenName, context.Params, [.. context.Options.ResolvedParams], compiler.Grant, compiler.Token, compiler.Target);
    }

    private static IEnumerable<(string Name, ExchangeDefinition Request)> Named(string name, ExchangeDefinition? exchange) => exchange switch
    {
        null => [],
        { EarlierSteps.IsEmpty: true } => [(name, exchange)],
        _ => StepsOf(exchange).Select((step, index) => (string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), step)),
    };

    private static ImmutableArray<ExchangeDefinition> StepsOf(ExchangeDefinition exchange) => [.. exchange.EarlierSteps, exchange];

    private IEnumerable<MarkPart> Grant(MarkScope scope)
    {
        if (_options.Secret.Grant is { } byHand)
        {
            return [new MarkPart("Secret:Grant", byHand)];
        }

        if (_renewal is null)
        {
            return [];
        }

        // The server that keeps the grant is the one to which the stored token is sent.
        var steps = StepsOf(_renewal);
        var sender = steps.FirstOrDefault(static step => step.SendsStoredToken) ?? _renewal;
        return Distinct(ClientIds(sender, steps, scope), "client").Concat(Addresses(sender, scope));
    }

    private static IEnumerable<MarkText> ClientIds(ExchangeDefinition sender, ImmutableArray<ExchangeDefinition> steps, MarkScope scope)
    {
        if (!sender.Client.Id.IsEmpty)
        {
            return MarkText.All(sender.Client.Id, scope);
        }

        return steps.Remove(sender).Insert(0, sender)
            .Select(step => SentField.Of(step, scope)
                .Where(static field => field.LastName == "client_id")
                .SelectMany(field => field.Alternatives.IsEmpty ? [field.Text] : MarkText.All(field.Alternatives, scope))
                .ToImmutableArray())
            .FirstOrDefault(static ids => !ids.IsEmpty, []);
    }

    private static IEnumerable<MarkPart> Addresses(ExchangeDefinition sender, MarkScope scope) => sender switch
    {
        { IsLocal: true } => [],
        { Url.IsEmpty: true } => Issuers(sender, scope),
        _ => Distinct(SentUrl.Of(sender.Url, scope).Select(static url => url.Origin), "origin"),
    };

    private static IEnumerable<MarkPart> Issuers(ExchangeDefinition exchange, MarkScope scope) => Distinct(
        SentUrl.Of(exchange.Authority, scope).Select(static url => url.Address.With(static text => text.TrimEnd('/'))), "issuer");

    private static IEnumerable<MarkPart> Distinct(IEnumerable<MarkText> texts, string name) =>
        texts.DistinctBy(static text => text.Text).Select(text => text.Named(name));

    private IEnumerable<MarkPart> Token(MarkScope scope)
    {
        if (_options.Secret.Mark is { } byHand)
        {
            return [new MarkPart("Secret:Mark", byHand)];
        }

        if (_renewal is { IsLocal: true })
        {
            return [new MarkPart(GrantType, "local")];
        }

        var fields = KnownFields(scope);
        return Sorted(Set(GrantTypes(fields).Concat(Scopes(fields, scope)).Concat(Targets(fields))).Concat(Others(fields)).Concat(Paths(scope)));
    }

    private IEnumerable<MarkPart> Target(MarkScope scope) =>
    [
        .. Sorted(Set(Targets(KnownFields(scope)))),
        .. (_renewal is null or { IsLocal: true } ? [] : StepsOf(_renewal)).SelectMany(step => step.Url.IsEmpty
            ? Issuers(step, scope)
            : Distinct(SentUrl.Of(step.Url, scope).Select(static url => url.Address), "url")),
    ];

    private static IEnumerable<MarkPart> GrantTypes(ImmutableArray<KnownField> fields) =>
        fields.Where(static known => known.Field.ListName == GrantType).Select(static known => known.Field.Text.Named(GrantType));

    private IEnumerable<MarkPart> Scopes(ImmutableArray<KnownField> fields, MarkScope scope)
    {
        var sent = fields.Where(static known => known.Field.ListName == Scope).Select(static known => known.Field.Text);
        if (!_grantedScope.IsEmpty && !SentField.Of(_renewal!, scope).Any(static field => field.ListName == Scope)
            && MarkText.First(_grantedScope, scope) is { IsKnown: true } granted)
        {
            sent = sent.Append(granted);
        }

        return sent.SelectMany(Split).Select(static text => text.Named(Scope));
    }

    private IEnumerable<MarkText> Split(MarkText text) => text.IsSource
        ? [text]
        : text.Text.Split(_separators, StringSplitOptions.RemoveEmptyEntries).Select(static scope => new MarkText(scope));

    private static IEnumerable<MarkPart> Targets(ImmutableArray<KnownField> fields) =>
        fields.Where(static known => known.Field is { ListName: Audience or Resource, Text.Text.Length: > 0 })
            .Select(static known => known.Field.Text.Named(known.Field.ListName));

    private static IEnumerable<MarkPart> Others(ImmutableArray<KnownField> fields) =>
        fields.Where(static known => known.Field is { IsCredential: false, ListName: not (GrantType or Scope or Audience or Resource) })
            .Select(static known => known.Field.Text.Named($"{known.Request} field {known.Field.Name}"));

    private IEnumerable<MarkPart> Paths(MarkScope scope) => _requests.SelectMany(request => Distinct(
        SentUrl.Of(request.Request.Url, scope).Select(static url => url.Path).OfType<MarkText>().Where(static path => path.IsKnown),
        $"{request.Name} path"));

    private ImmutableArray<KnownField> KnownFields(MarkScope scope) =>
    [
        .. _requests.SelectMany(request => SentField.Of(request.Request, scope)
            .Where(static field => field.Text.IsKnown)
            .Select(field => new KnownField(request.Name, field))),
    ];

    private static IEnumerable<MarkPart> Set(IEnumerable<MarkPart> parts) => parts.DistinctBy(static part => (part.Name, part.Text));

    private static IEnumerable<MarkPart> Sorted(IEnumerable<MarkPart> parts) =>
        parts.OrderBy(static part => part.Name, StringComparer.Ordinal).ThenBy(static part => part.Text, StringComparer.Ordinal);

    private readonly record struct KnownField(string Request, SentField Field);
}
