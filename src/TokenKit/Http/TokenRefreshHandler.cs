using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Source;

namespace TokenKit.Http;

/// <summary>
/// Gives every request of a client a usable token: asks the source for one, checks where the request goes, places it, sends;
/// when the API says that the token has expired, once more with a newer one.
/// </summary>
/// <remarks>
/// It decides nothing about time; the source does. A request never leaves without its token. The usual call, a fresh token
/// in a header to an allowed origin and a success, is <see cref="SendAsync"/>, <see cref="SendPlacedAsync"/> and one state
/// machine that looks at the answer: no lock, no copy. Everything more is an <see cref="ApiCall"/>, which the
/// <see cref="ApiCallSender"/> sends.
/// </remarks>
internal sealed class TokenRefreshHandler : DelegatingHandler
{
    private readonly ITokenSource _source;
    private readonly IDefinitionSource _definitions;
    private readonly string _clientName;
    private readonly ITokenSubjectResolver? _subjects;
    private readonly ILogger _logger;
    private readonly PresentCallRules _rules;
    private readonly CallTokens _tokens;
    private readonly ApiCallSender _calls;

    // The token and the rules of the last usual call. Another one takes its place when either is another.
    private volatile UsualCall? _usual;

    public TokenRefreshHandler(
        ITokenSource source, IDefinitionSource definitions, string clientName, TokenHandlerServices services,
        ITokenSubjectResolver? subjects = null)
    {
        (_source, _definitions, _clientName, _subjects, _logger) = (source, definitions, clientName, subjects, services.Logger);
        _rules = new PresentCallRules(definitions, clientName, services.BaseAddress);
        Cookies = new ClientCookies(definitions, source.Name, clientName, services, resolvesSubjects: subjects is not null);
        _tokens = new CallTokens(source, _rules, Cookies);
        _calls = new ApiCallSender(source, clientName, _tokens, Cookies, services, base.SendAsync);
    }

    /// <summary>How many redirects to follow in place of the primary handler; 0 follows none. Set before the first send.</summary>
    public int RedirectLimit
    {
        get => _calls.RedirectLimit;
        set => _calls.RedirectLimit = value;
    }

    public string TokenName => _source.Name;

    /// <summary>What is known of the client's cookies.</summary>
    public ClientCookies Cookies { get; }

    /// <summary>The client certificate that the definition names, to be presented to the API as well (RFC 8705 section 3).</summary>
    public ClientCertificates? Certificates { get; init; }

    /// <summary>Gives calls a token that they can carry, where the source's is not in the form of the present definition.</summary>
    public PlaceableTokens? Placeable
    {
        init => _tokens.Placeable = value;
    }

    public bool PresentsCertificate =>
        Certificates is not null && _definitions.Current is var definition
        && (definition.Request ?? definition.RefreshRequest)?.Client.Certificate.IsEmpty is false;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var rules = _rules.Current;
            var wishes = TokenWishes.Of(request);
            if (_subjects is not null && wishes is { Skip: false, Subject.Length: 0 })
            {
                wishes = wishes with { Subject = _subjects.Resolve(request) ?? "" };
            }

            if (!rules.IsPlain || wishes.Skip)
            {
                return _calls.SendAsync(request, wishes, rules, cancellationToken);
            }

            if (!rules.Permits(request.RequestUri))
            {
                throw rules.Refusal(request.RequestUri);
            }

            var pending = wishes.AreNone
                ? _source.GetTokenAsync(cancellationToken)
                : _tokens.GetWishedAsync(request, wishes, cancellationToken);
            return pending.IsCompletedSuccessfully
                ? SendPlacedAsync(request, pending.Result, rules, cancellationToken)
                : WaitAndSendAsync(request, pending, rules, cancellationToken);
        }
        catch (Exception e)
        {
            // Not an async method, and yet its callers find every failure in the task.
            return Task.FromException<HttpResponseMessage>(e);
        }
    }

    private async Task<HttpResponseMessage> WaitAndSendAsync(
        HttpRequestMessage request, ValueTask<AccessToken> pending, CallRules rules, CancellationToken cancellationToken)
    {
        var token = await pending.ConfigureAwait(false);
        return await SendPlacedAsync(request, token, rules, cancellationToken).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendPlacedAsync(
        HttpRequestMessage request, AccessToken token, CallRules rules, CancellationToken cancellationToken)
    {
        if (token.PlacedBy(rules.Placement) is not { IsHeadersOnly: true } placed)
        {
            return _calls.SendAsync(request, token, cancellationToken);
        }

        placed.WriteTo(request.Headers);
        _logger.TokenPlaced(_clientName, token);
        var sending = base.SendAsync(request, cancellationToken);
        return sending.IsCompletedSuccessfully && Cookies.Notice is null && rules.Expiry.IsPlainSuccess(sending.Result)
            ? sending
            : UsualCallWith(token, rules).LookAtAsync(sending, request, cancellationToken);
    }

    private UsualCall UsualCallWith(AccessToken token, CallRules rules)
    {
        if (_usual is { } usual && ReferenceEquals(usual.Token, token) && ReferenceEquals(usual.Rules, rules))
        {
            return usual;
        }

        usual = new UsualCall(this, token, rules);
        if (token.Key.Subject.Length == 0)
        {
            // Those of many subjects would only take turns here, and write what all threads read.
            _usual = usual;
        }

        return usual;
    }

    /// <summary>Always refuses.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException(
            $"HTTP client '{_clientName}' cannot send synchronously. Its token '{_source.Name}' may have to be refreshed, and a wait on this thread can deadlock. Call SendAsync, GetAsync or another asynchronous method.");

    /// <summary>
    /// What all usual calls with one token share. Every call that is under way holds a state machine, and this keeps three
    /// references for one in it.
    /// </summary>
    private sealed class UsualCall(TokenRefreshHandler handler, AccessToken token, CallRules rules)
    {
        public AccessToken Token => token;

        public CallRules Rules => rules;

        public async Task<HttpResponseMessage> LookAtAsync(
            Task<HttpResponseMessage> sending, HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await sending.ConfigureAwait(false);
            handler.Cookies.NoticeCookies(response, request.RequestUri!); // sent, so there is one
            return rules.Expiry.IsPlainSuccess(response)
                ? response
                : await handler._calls.FollowUpAsync(request, rules, token, response, cancellationToken).ConfigureAwait(false);
        }
    }
}
