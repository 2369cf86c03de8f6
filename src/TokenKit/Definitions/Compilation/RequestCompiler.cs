using System.Collections.Immutable;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Definitions.Compilation;

/// <summary>
/// Compiles the exchanges of a definition. A grant is a request in the language, over which it lays what the options spell out.
/// </summary>
internal sealed class RequestCompiler
{
    private readonly CompilationContext _context;
    private readonly TokenRefreshOptions _options;
    private readonly ClientAuthenticationMethod _authentication;
    private readonly BasicEncoding _basicEncoding;
    private readonly BodyKind _body;

    public RequestCompiler(CompilationContext context)
    {
        _context = context;
        _options = context.Options;
        _authentication = Authentications.Read(
            context, "Authentication", _options.Authentication, DefaultAuthentication(_options));
        _basicEncoding = _options.BasicEncoding ?? BasicEncoding.Form;
        _body = _options.Body switch
        {
            GrantBody.Json => BodyKind.Json,
            GrantBody.Query => BodyKind.Query,
            _ => BodyKind.Form,
        };
    }

    public ExchangeDefinition? CompileRequest()
    {
        if (WrittenExchanges.IsMadeLocally(_options))
        {
            return CompileLocalToken();
        }

        if (WrittenExchanges.IsLeftToCode(_options))
        {
            return CompileLeftToCode();
        }

        if (!WrittenExchanges.IsRequestGrant(_options.Grant))
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

    public ExchangeDefinition? CompileRefreshRequest()
    {
        ExchangeDefinition? exchange;
        if (_options.Grant == TokenGrants.RefreshToken)
        {
            var (url, path) = _options.RefreshEndpoint is null
                ? (_options.TokenEndpoint, "TokenEndpoint")
                : (_options.RefreshEndpoint, "RefreshEndpoint");
            var draft = Preset("RefreshRequest", url, path);
            GrantPresets.RefreshToken(draft, _options, namesScope: _context.KeepsMany);
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

    public RequestWhen CompileRequestWhen()
    {
        if (_options.RequestWhen is not null && !(WrittenExchanges.HasRequest(_options) && WrittenExchanges.HasRefreshRequest(_options)))
        {
            _context.Fault("RequestWhen", "chooses between Request and RefreshRequest, and one of them is missing");
        }

        return _options.RequestWhen ?? RequestWhen.RefreshMissing;
    }

    /// <summary>A draft of a request that a grant writes.</summary>
    public RequestDraft Preset(string section, TextList? url, string urlPath) => new()
    {
        Section = section,
        IsOfGrant = true,
        Url = url,
        UrlPath = urlPath,
        Body = _body,
        Authentication = _authentication,
        BasicEncoding = _basicEncoding,
        Response = _options.Response,
        Authority = _options.Authority,
    };

    private ExchangeDefinition? SpeltOut(string section, TokenRequestOptions request) =>
        new SpeltOutCompiler(_context, _basicEncoding).Compile(section, request);

    private ExchangeDefinition CompileLocalToken()
    {
        var response = PlacedAlone.Is(_options)
            ? ResponseCompiler.CompilePlaced(_context, _options.Response, PlacedAlone.AccessToken(_options.Placement))
            : ResponseCompiler.CompileLocal(_context, _options.Response);
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

    private ExchangeDefinition CompileLeftToCode()
    {
        var response = ResponseCompiler.Compile(_context, "Response", _options.Response);
        var failures = FailureCompiler.Compile(_context);
        var reads = ResponseCompiler.ReferencesOf(response)
            .Concat(failures.SelectMany(static rule => rule.When.References.AddRange(rule.RetryAfter?.References ?? [])));
        return new ExchangeDefinition
        {
            Section = "Request",
            Url = [],
            Body = new BodyDefinition.None(),
            Response = response,
            Failures = failures,
            References = _context.Close([.. reads]),
        };
    }

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

    // An assertion says itself who sends it; without a client there is nothing to authenticate (RFC 7521 section 4.1).
    private static ClientAuthenticationMethod DefaultAuthentication(TokenRefreshOptions options) =>
        options is { Grant: TokenGrants.JwtBearer, Client.Id: null } ? ClientAuthenticationMethod.Off : ClientAuthenticationMethod.ClientSecretBasic;
}
