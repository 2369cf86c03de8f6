using System.Collections.Immutable;

namespace TokenKit;

/// <summary>
/// Compiles options into a definition: once at start and once for each reload. A grant is nothing but requests in the
/// language, which what the options spell out is laid over.
/// </summary>
internal sealed class DefinitionCompiler
{
    private readonly CompilationContext _context;
    private readonly TokenRefreshOptions _options;
    private readonly ClientAuthenticationMethod _authentication;
    private readonly BasicEncoding _basicEncoding;
    private readonly BodyKind _body;

    private DefinitionCompiler(CompilationContext context)
    {
        _context = context;
        _options = context.Options;
        _authentication = Authentications.Read(
            context, "Authentication", _options.Authentication, ClientAuthenticationMethod.ClientSecretBasic);
        _basicEncoding = Authentications.ReadEncoding(context, "BasicEncoding", _options.BasicEncoding, BasicEncoding.Form);
        _body = context.Choice(
            "Body", _options.Body, BodyKind.Form, ("form", BodyKind.Form), ("json", BodyKind.Json), ("query", BodyKind.Query));
    }

    /// <summary>Compiles the options of one token name. Throws for nothing that options hold.</summary>
    public static DefinitionCompilation Compile(string name, TokenRefreshOptions options)
    {
        var context = new CompilationContext(name, options);
        var definition = new DefinitionCompiler(context).Compile();
        return context.Faults.IsEmpty ? new(definition, []) : new(null, context.Faults);
    }

    private TokenDefinition Compile()
    {
        MapNames.Check(_context, "Params", _options.Params.Keys);
        CheckLeftovers();
        var placement = PlacementCompiler.Compile(_context);
        _context.PlacementReferences = [.. placement.References];
        var request = CompileRequest();
        var refreshRequest = CompileRefreshRequest();
        return new TokenDefinition
        {
            Name = _context.TokenName,
            Request = request,
            RefreshRequest = refreshRequest,
            RequestWhen = CompileRequestWhen(),
            Placement = placement,
            Freshness = TimingCompiler.CompileFreshness(_context),
            Resilience = TimingCompiler.CompileResilience(_context),
            Seed = CompileSeed(),
            Secret = CompileSecret(),
            Params = _context.Params,
            DangerousAllowHttpOnLoopback = _options.DangerousAllowHttpOnLoopback,
        };
    }

    private bool HasRequest => _options.Grant == TokenGrants.ClientCredentials || _options.Request.IsWritten;

    private bool HasRefreshRequest => _options.Grant == TokenGrants.RefreshToken || _options.RefreshRequest.IsWritten;

    // Nothing that somebody wrote is silently without effect.
    private void CheckLeftovers()
    {
        if (_options.Grant is { } grant and not (TokenGrants.ClientCredentials or TokenGrants.RefreshToken))
        {
            _context.Fault("Grant", $"is '{grant}' and must be {TokenGrants.ClientCredentials} or {TokenGrants.RefreshToken}; for any other spell out Request or RefreshRequest");
        }
        else if (!HasRequest && !HasRefreshRequest)
        {
            _context.Fault("Grant", "is missing, and so are Request and RefreshRequest: nothing says how to obtain the token");
        }

        if (_options.RefreshEndpoint is not null && _options.Grant != TokenGrants.RefreshToken)
        {
            _context.Fault("RefreshEndpoint", "is used by the grant refresh_token only; a request that is spelt out has a Url");
        }

        if (_options.Grant is null)
        {
            CheckGrantOnly("TokenEndpoint", _options.TokenEndpoint, "Url");
            CheckGrantOnly("Scope", _options.Scope, "Form, Query or Json");
            CheckGrantOnly("Audience", _options.Audience, "Form, Query or Json");
            CheckGrantOnly("Resource", _options.Resource, "Form, Query or Json");
            CheckGrantOnly("Body", _options.Body, "Form, Query or Json");
        }
    }

    private void CheckGrantOnly(string path, TextList? written, string instead)
    {
        if (written is not null)
        {
            _context.Fault(path, $"is used by a Grant only; a request that is spelt out says it in {instead}");
        }
    }

    private ExchangeDefinition? CompileRequest()
    {
        if (_options.Grant != TokenGrants.ClientCredentials)
        {
            return _options.Request.IsWritten ? CompileSpeltOut("Request", _options.Request) : null;
        }

        var draft = Preset("Request", _options.TokenEndpoint, "TokenEndpoint");
        GrantPresets.ClientCredentials(draft, _options);
        RequestOverlay.Apply(_context, draft, _options.Request);
        return ExchangeCompiler.Compile(_context, draft) is { } exchange ? exchange with { RequestedScope = RequestedScope(draft) } : null;
    }

    private ExchangeDefinition? CompileRefreshRequest()
    {
        ExchangeDefinition? exchange;
        if (_options.Grant == TokenGrants.RefreshToken)
        {
            var (url, path) = _options.RefreshEndpoint is null
                ? (_options.TokenEndpoint, "TokenEndpoint")
                : (_options.RefreshEndpoint, "RefreshEndpoint");
            var draft = Preset("RefreshRequest", url, path);
            GrantPresets.RefreshToken(draft, _options);
            RequestOverlay.Apply(_context, draft, _options.RefreshRequest);

            // A refresh that names no scope asks for the one granted at first (RFC 6749 section 6).
            exchange = ExchangeCompiler.Compile(_context, draft) is { } preset
                ? preset with { RequestedScope = RequestedScope(draft) ?? LiteralOf(GrantPresets.JoinedScope(_options)) }
                : null;
        }
        else if (_options.RefreshRequest.IsWritten)
        {
            exchange = CompileSpeltOut("RefreshRequest", _options.RefreshRequest);
        }
        else
        {
            return null;
        }

        if (exchange is { SendsStoredToken: false })
        {
            _context.Fault("RefreshRequest", "sends neither token.refresh nor token.access, so there is nothing to refresh with; a request that needs only credentials is Request");
        }

        return exchange;
    }

    private RequestDraft Preset(string section, TextList? url, string urlPath) => new()
    {
        Section = section,
        Url = url,
        UrlPath = urlPath,
        Body = _body,
        Authentication = _authentication,
        BasicEncoding = _basicEncoding,
        Response = _options.Response,
    };

    private ExchangeDefinition? CompileSpeltOut(string section, TokenRequestOptions request)
    {
        var bodies = new List<(string Key, BodyKind Kind)>();
        if (request.Form.Count > 0)
        {
            bodies.Add(("Form", BodyKind.Form));
        }

        if (request.Json is not null)
        {
            bodies.Add(("Json", BodyKind.Json));
        }

        if (request.Text is not null)
        {
            bodies.Add(("Text", BodyKind.Text));
        }

        if (bodies.Count > 1)
        {
            _context.Fault(section, $"holds {string.Join(" and ", bodies.Select(static body => body.Key))}; a request has one body");
        }

        if (request.ContentType is not null && request.Text is null)
        {
            _context.Fault($"{section}.ContentType", "is the media type of Text, which is missing");
        }

        var draft = new RequestDraft
        {
            Section = section,
            Url = request.Url,
            UrlPath = $"{section}.Url",
            Method = request.Method ?? "POST",
            Body = bodies.Count == 0 ? BodyKind.None : bodies[0].Kind,
            Json = request.Json,
            Text = request.Text,
            ContentType = request.ContentType,
            Authentication = Authentications.Read(_context, $"{section}.Authentication", request.Authentication, ClientAuthenticationMethod.Off),
            AuthenticationPath = $"{section}.Authentication",
            BasicEncoding = Authentications.ReadEncoding(_context, $"{section}.BasicEncoding", request.BasicEncoding, _basicEncoding),
            Response = request.Response ?? _options.Response,
            ResponsePath = request.Response is null ? "Response" : $"{section}.Response",
            AllowSecretInUrl = request.AllowSecretInUrl,
        };
        draft.Headers.AddRange(request.Headers.Select(field => new DraftField($"{section}.Headers.{field.Key}", field.Key, field.Value)));
        draft.Query.AddRange(request.Query.Select(field => new DraftField($"{section}.Query.{field.Key}", field.Key, field.Value)));
        draft.Fields.AddRange(request.Form.Select(field => new DraftField($"{section}.Form.{field.Key}", field.Key, field.Value)));
        return ExchangeCompiler.Compile(_context, draft);
    }

    private static string? RequestedScope(RequestDraft draft) =>
        draft.Fields.Concat(draft.Query).FirstOrDefault(static field => field.Name == "scope") is { Value: [var text] } ? LiteralOf(text) : null;

    // Known only where the scope is written out; a template's text cannot be compared with the granted scope.
    private static string? LiteralOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            return TemplateParser.Split(text) is [{ Expression: null, Literal: var literal }] ? literal : null;
        }
        catch (ExpressionSyntaxException)
        {
            // Reported where the field is compiled.
            return null;
        }
    }

    private RequestWhen CompileRequestWhen()
    {
        var when = _context.Choice(
            "RequestWhen",
            _options.RequestWhen,
            RequestWhen.RefreshMissing,
            ("refresh-missing", RequestWhen.RefreshMissing),
            ("refresh-missing-or-rejected", RequestWhen.RefreshMissingOrRejected),
            ("never", RequestWhen.Never));
        if (_options.RequestWhen is not null && !(HasRequest && HasRefreshRequest))
        {
            _context.Fault("RequestWhen", "chooses between Request and RefreshRequest, and one of them is missing");
        }

        return when;
    }

    private SeedDefinition? CompileSeed()
    {
        var seed = _options.Seed;
        var hasToken = seed.RefreshToken is { Count: > 0 };
        var hasCode = seed.Code is { Count: > 0 };
        if (!hasCode && (seed.RedirectUri ?? seed.CodeVerifier) is not null)
        {
            _context.Fault("Seed.Code", "is missing; RedirectUri and CodeVerifier belong to it");
        }

        if (hasToken && hasCode)
        {
            _context.Fault("Seed", "holds RefreshToken and Code; one of them is the seed");
        }

        if (hasToken)
        {
            return CompileTokenSeed();
        }

        return hasCode ? CompileCodeSeed() : null;
    }

    private SeedDefinition CompileTokenSeed()
    {
        if (!HasRefreshRequest)
        {
            _context.Fault("Seed.RefreshToken", "is of no use without a RefreshRequest or the grant refresh_token");
        }

        var token = SeedTemplates("Seed.RefreshToken", _options.Seed.RefreshToken);
        return new SeedDefinition { RefreshToken = token, Identity = token };
    }

    private SeedDefinition CompileCodeSeed()
    {
        if (_options.Grant != TokenGrants.RefreshToken)
        {
            _context.Fault("Seed.Code", "needs the grant refresh_token, which redeems it at TokenEndpoint");
        }

        var draft = Preset("Seed", _options.TokenEndpoint, "TokenEndpoint");
        draft.AllowSecretInUrl = _options.RefreshRequest.AllowSecretInUrl;
        GrantPresets.AuthorizationCode(draft, _options);
        return new SeedDefinition
        {
            CodeExchange = ExchangeCompiler.Compile(_context, draft),
            Identity = SeedTemplates("Seed.Code", _options.Seed.Code),
        };
    }

    private ImmutableArray<Template> SeedTemplates(string path, TextList? texts) =>
        _context.Templates(path, texts, TemplatePlace.Value, RootSet.Seed, isSecret: true);

    private SecretDefinition CompileSecret()
    {
        var secret = _options.Secret;
        if (secret.Name is { } name && string.IsNullOrWhiteSpace(name))
        {
            _context.Fault("Secret.Name", "is blank; it is the name of the stored secret, the token name by default");
        }

        if (secret.Environment is { } environment && string.IsNullOrWhiteSpace(environment))
        {
            _context.Fault("Secret.Environment", "is blank; it is an environment's name, the host's by default");
        }

        return new SecretDefinition { Name = secret.Name ?? _context.TokenName, Environment = secret.Environment, Locked = secret.Locked };
    }
}
