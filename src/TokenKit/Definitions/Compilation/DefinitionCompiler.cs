using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

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
            context, "Authentication", _options.Authentication, DefaultAuthentication(_options));
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
        _context.Jwts = JwtCompiler.Compile(_context);
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
            Jwts = _context.Jwts,
            PlainSecrets = [.. _options.PlainSecrets],
            ResolvedParams = [.. _options.ResolvedParams],
            DangerousAllowHttpOnLoopback = _options.DangerousAllowHttpOnLoopback,
        };
    }

    private bool HasRequest => IsRequestGrant(_options.Grant) || _options.Request.IsWritten;

    private bool HasRefreshRequest => _options.Grant == TokenGrants.RefreshToken || _options.RefreshRequest.IsWritten;

    // Nothing that somebody wrote is silently without effect.
    private void CheckLeftovers()
    {
        if (_options.Grant is { } grant and not TokenGrants.RefreshToken && !IsRequestGrant(grant))
        {
            _context.Fault("Grant", $"is {QuotedText.Of(grant)} and must be {TokenGrants.ClientCredentials}, {TokenGrants.RefreshToken}, {TokenGrants.JwtBearer} or {TokenGrants.TokenExchange}; for any other spell out Request or RefreshRequest");
        }
        else if (!HasRequest && !HasRefreshRequest && !IsMadeLocally)
        {
            _context.Fault("Grant", "is missing, and so are Request and RefreshRequest: nothing says how to obtain the token");
        }

        CheckOnlyWith("Assertion", _options.Assertion, TokenGrants.JwtBearer);
        CheckOnlyWith("SubjectToken", _options.SubjectToken, TokenGrants.TokenExchange);
        if (_options.SubjectTokenType is not null && _options.SubjectToken is null)
        {
            _context.Fault("SubjectTokenType", "is the type of SubjectToken, which is missing");
        }

        if (_options.Authority is not null && _options.TokenEndpoint is not null)
        {
            _context.Fault("Authority", "and TokenEndpoint are both written; one of them says where tokens are requested");
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

    private bool IsMadeLocally =>
        _options.Grant is null && !HasRequest && !HasRefreshRequest && _options.Response.AccessToken is { Count: > 0 };

    private static bool IsRequestGrant(string? grant) =>
        grant is TokenGrants.ClientCredentials or TokenGrants.JwtBearer or TokenGrants.TokenExchange;

    // An assertion says itself who sends it; without a client there is nothing to authenticate (RFC 7521 section 4.1).
    private static ClientAuthenticationMethod DefaultAuthentication(TokenRefreshOptions options) =>
        options is { Grant: TokenGrants.JwtBearer, Client.Id: null } ? ClientAuthenticationMethod.Off : ClientAuthenticationMethod.ClientSecretBasic;

    private void CheckOnlyWith(string path, TextList? written, string grant)
    {
        if (_options.Grant == grant && written is not { Count: > 0 })
        {
            _context.Fault(path, $"is missing; the grant {grant} sends it");
        }
        else if (_options.Grant != grant && written is not null)
        {
            _context.Fault(path, $"is used by the grant {grant} only");
        }
    }

    private ExchangeDefinition? SpeltOut(string section, TokenRequestOptions request) =>
        new SpeltOutCompiler(_context, _basicEncoding).Compile(section, request);

    private ExchangeDefinition LocalToken()
    {
        var response = ResponseCompiler.CompileLocal(_context, _options.Response);
        var reads = ResponseCompiler.ReferencesOf(response).ToImmutableArray();
        var closed = _context.Close(reads);
        var client = ClientCompiler.Compile(_context, ClientAuthenticationMethod.Off, "Response", closed);
        return new ExchangeDefinition
        {
            Section = "Response",
            IsLocal = true,
            Url = [],
            Body = new BodyDefinition.None(),
            Client = client,
            Response = response,
            Failures = FailureCompiler.Compile(_context),
            References = _context.Close(closed.Concat(client.References)),
        };
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
        if (IsMadeLocally)
        {
            return LocalToken();
        }

        if (!IsRequestGrant(_options.Grant))
        {
            return _options.Request.IsWritten ? SpeltOut("Request", _options.Request) : null;
        }

        var draft = Preset("Request", _options.TokenEndpoint, "TokenEndpoint");
        switch (_options.Grant)
        {
            case TokenGrants.JwtBearer:
                GrantPresets.JwtBearer(draft, _options);
                break;
            case TokenGrants.TokenExchange:
                GrantPresets.TokenExchange(draft, _options);
                break;
            default:
                GrantPresets.ClientCredentials(draft, _options);
                break;
        }

        RequestOverlay.Apply(_context, draft, _options.Request);
        return ExchangeCompiler.Compile(_context, draft) is { } exchange
            ? exchange with { RequestedScope = RequestedScope(draft), IssuedTokenTypes = IssuedTokenTypes(draft) }
            : null;
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
            exchange = SpeltOut("RefreshRequest", _options.RefreshRequest);
        }
        else
        {
            return null;
        }

        if (exchange is { CostsStoredToken: false })
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
        Authority = _options.Authority,
    };

    // RFC 8693 section 2.2.1: what was asked for, else an access token; a JWT is one of its forms (section 3).
    private ImmutableArray<string> IssuedTokenTypes(RequestDraft draft)
    {
        if (_options.Grant != TokenGrants.TokenExchange)
        {
            return [];
        }

        var requested = draft.Fields.Concat(draft.Query).FirstOrDefault(static field => field.Name == "requested_token_type");
        return requested is null ? [GrantPresets.AccessTokenType, "urn:ietf:params:oauth:token-type:jwt"]
            : requested.Value is [var text] && LiteralOf(text) is { } type ? [type]
            : [];
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
