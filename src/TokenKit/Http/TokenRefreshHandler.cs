using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Http.Bodies;
using TokenKit.Refresh.Request;
using TokenKit.Source;
using TokenKit.Work;

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
    private readonly CallSubjects? _subjects;
    private readonly ILogger _logger;
    private readonly PresentCallRules _rules;
    private readonly CallTokens _tokens;
    private readonly ApiCallSender _calls;
    private readonly CallStyle _asynchronous;
    private readonly CallStyle _synchronous;

    // The token and the rules of the last usual call. Another one takes its place when either is another.
    private volatile UsualCall? _usual;

    public TokenRefreshHandler(
        ITokenSource source, IDefinitionSource definitions, string clientName, TokenHandlerServices services,
        CallSubjects? subjects = null)
    {
        (_source, _definitions, _clientName, _subjects, _logger) = (source, definitions, clientName, subjects, services.Logger);
        _rules = new PresentCallRules(definitions, clientName, Chain, services.BaseAddress, services.Time);
        Cookies = new ClientCookies(definitions, source.Name, clientName, services, resolvesSubjects: subjects is not null);
        _tokens = new CallTokens(source, clientName, _rules, Cookies);
        _calls = new ApiCallSender(source, clientName, _tokens, Cookies, services);
        _asynchronous = new CallStyle.Asynchronous(base.SendAsync);
        _synchronous = new CallStyle.Synchronous(base.Send);
    }

    /// <summary>How many redirects to follow in place of the primary handler; 0 follows none. Set before the first send.</summary>
    public int RedirectLimit
    {
        get => _calls.RedirectLimit;
        set => _calls.RedirectLimit = value;
    }

    /// <summary>What is known of the client's other handlers.</summary>
    public ClientChain Chain { get; } = new();

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
            var wishes = TokenWishes.Of(request);
            if (_subjects is null || !CallSubjects.IsNeededFor(wishes))
            {
                return SendWishedAsync(request, wishes, cancellationToken);
            }

            var complete = _subjects.CompleteAsync(request, wishes, cancellationToken);
            return complete.IsCompletedSuccessfully
                ? SendWishedAsync(request, complete.Result, cancellationToken)
                : ResolveAndSendAsync(request, complete, cancellationToken);
        }
        catch (Exception e)
        {
            // Not an async method, and yet its callers find every failure in the task.
            return Task.FromException<HttpResponseMessage>(e);
        }
    }

    private async Task<HttpResponseMessage> ResolveAndSendAsync(
        HttpRequestMessage request, ValueTask<TokenWishes> wishes, CancellationToken cancellationToken) =>
        await SendWishedAsync(request, await wishes.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private Task<HttpResponseMessage> SendWishedAsync(HttpRequestMessage request, TokenWishes wishes, CancellationToken cancellationToken)
    {
        var rules = _rules.Current;
        if (!rules.IsPlain || wishes.Skip)
        {
            return _calls.SendAsync(_asynchronous, request, wishes, rules, cancellationToken);
        }

        if (!rules.Permits(request))
        {
            rules = _rules.Permitting(request);
        }

        var pending = GetTokenAsync(request, wishes, cancellationToken);
        return pending.IsCompletedSuccessfully
            ? SendPlacedAsync(request, pending.Result, rules, cancellationToken)
            : WaitAndSendAsync(request, pending, rules, cancellationToken);
    }

    private ValueTask<AccessToken> GetTokenAsync(HttpRequestMessage request, TokenWishes wishes, CancellationToken cancellationToken) =>
        wishes.AreNone ? _source.GetTokenAsync(cancellationToken) : _tokens.GetWishedAsync(request, wishes, cancellationToken);

    private async Task<HttpResponseMessage> WaitAndSendAsync(
        HttpRequestMessage request, ValueTask<AccessToken> pending, CallRules rules, CancellationToken cancellationToken)
    {
        var token = await pending.ConfigureAwait(false);
        return await SendPlacedAsync(request, token, rules, cancellationToken).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendPlacedAsync(
        HttpRequestMessage request, AccessToken token, CallRules rules, CancellationToken cancellationToken)
    {
        if (!TryPlace(request, token, rules))
        {
            return _calls.SendAsync(_asynchronous, request, token, cancellationToken);
        }

        var sentTo = request.RequestUri!; // permitted, so there is one
        var sending = base.SendAsync(request, cancellationToken);
        return sending.IsCompletedSuccessfully && Cookies.Notice is null && !token.IsUnproven && rules.Expiry.IsPlainSuccess(sending.Result)
            ? sending
            : UsualCallWith(token, rules).LookAtAsync(sending, request, sentTo, cancellationToken);
    }

    /// <summary>Writes the token on the caller's message, if that is all that the call needs.</summary>
    private bool TryPlace(HttpRequestMessage request, AccessToken token, CallRules rules)
    {
        if (token.PlacedBy(rules.Placement) is not { IsHeadersOnly: true } placed || RequestReplay.NeedsWatch(request.Content))
        {
            return false;
        }

        placed.WriteTo(request.Headers);
        rules.Guard(request);
        _logger.TokenPlaced(_clientName, token);
        return true;
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

    /// <summary>Sends on the calling thread, which waits for the token where there is none that is fresh.</summary>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wishes = TokenWishes.Of(request);
        if (_subjects is not null && CallSubjects.IsNeededFor(wishes))
        {
            wishes = _subjects.Complete(request, wishes, cancellationToken);
        }

        var rules = _rules.Current;
        if (!rules.IsPlain || wishes.Skip)
        {
            return Ended(_calls.SendAsync(_synchronous, request, wishes, rules, cancellationToken));
        }

        if (!rules.Permits(request))
        {
            rules = _rules.Permitting(request);
        }

        var token = WaitingThread.Wait(
            static wanted => wanted.Handler.GetTokenAsync(wanted.Request, wanted.Wishes, wanted.CancellationToken),
            (Handler: this, Request: request, Wishes: wishes, CancellationToken: cancellationToken));
        if (!TryPlace(request, token, rules))
        {
            return Ended(_calls.SendAsync(_synchronous, request, token, cancellationToken));
        }

        var sentTo = request.RequestUri!;
        var response = base.Send(request, cancellationToken);
        Cookies.NoticeCookies(response, sentTo);
        if (rules.Expiry.IsPlainSuccess(response))
        {
            token.Prove();
            return response;
        }

        return Ended(_calls.FollowUpAsync(_synchronous, request, sentTo, rules, token, response, cancellationToken));
    }

    // All that such a call awaits has ended when it is awaited.
    private static HttpResponseMessage Ended(Task<HttpResponseMessage> call) => call.GetAwaiter().GetResult();

    /// <summary>
    /// What all usual calls with one token share. Every call that is under way holds a state machine, and this keeps three
    /// references for one in it.
    /// </summary>
    private sealed class UsualCall(TokenRefreshHandler handler, AccessToken token, CallRules rules)
    {
        public AccessToken Token => token;

        public CallRules Rules => rules;

        public async Task<HttpResponseMessage> LookAtAsync(
            Task<HttpResponseMessage> sending, HttpRequestMessage request, Uri sentTo, CancellationToken cancellationToken)
        {
            var response = await sending.ConfigureAwait(false);
            handler.Cookies.NoticeCookies(response, sentTo);
            if (rules.Expiry.IsPlainSuccess(response))
            {
                token.Prove();
                return response;
            }

            return await handler._calls.FollowUpAsync(
                handler._asynchronous, request, sentTo, rules, token, response, cancellationToken).ConfigureAwait(false);
        }
    }
}
