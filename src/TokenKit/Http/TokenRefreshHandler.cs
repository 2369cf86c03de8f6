using System.Collections.Immutable;

namespace TokenKit;

/// <summary>
/// Gives every request of a client a usable token: asks the source for one, checks where the request goes, places it, sends;
/// when the API says that the token has expired, once more with a newer one.
/// </summary>
/// <remarks>
/// It decides nothing about time; the source does. A request never leaves without its token. The usual call, a fresh token
/// in a header to an allowed origin and a success, is <see cref="SendAsync"/>, <see cref="SendPlacedAsync"/> and one state
/// machine that looks at the answer: no lock, no copy. Everything more is an <see cref="ApiCall"/>.
/// </remarks>
internal sealed class TokenRefreshHandler : DelegatingHandler
{
    private readonly ITokenSource _source;
    private readonly IDefinitionSource _definitions;
    private readonly string _clientName;
    private readonly TokenHandlerServices _services;
    private readonly ITokenSubjectResolver? _subjects;

    // Compiled for one definition and replaced whole. Two calls may compile it at once; either result will do.
    private volatile CallRules? _rules;

    // The token and the rules of the last usual call. Another one takes its place when either is another.
    private volatile UsualCall? _usual;

    public TokenRefreshHandler(
        ITokenSource source, IDefinitionSource definitions, string clientName, TokenHandlerServices services,
        ITokenSubjectResolver? subjects = null)
    {
        _subjects = subjects;
        _source = source;
        _definitions = definitions;
        _clientName = clientName;
        _services = services;
    }

    /// <summary>How many redirects to follow in place of the primary handler; 0 follows none. Set before the first send.</summary>
    public int RedirectLimit { get; set; }

    /// <summary>The client certificate that the definition names, to be presented to the API as well (RFC 8705 section 3).</summary>
    public ClientCertificates? Certificates { get; init; }

    public bool PresentsCertificate =>
        Certificates is not null && _definitions.Current is var definition
        && (definition.Request ?? definition.RefreshRequest)?.Client.Certificate.IsEmpty is false;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            var rules = CurrentRules();
            var wishes = TokenWishes.Of(request);
            if (_subjects is not null && wishes is { Skip: false, Subject.Length: 0 })
            {
                wishes = wishes with { Subject = _subjects.Resolve(request) ?? "" };
            }

            if (!rules.IsPlain || wishes.Skip)
            {
                return SendCallAsync(request, wishes, rules, cancellationToken);
            }

            if (!rules.Permits(request.RequestUri))
            {
                throw rules.Refusal(request.RequestUri);
            }

            var pending = wishes.AreNone
                ? _source.GetTokenAsync(cancellationToken)
                : GetWishedAsync(request, wishes, cancellationToken);
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
        if (!token.Placed.IsHeadersOnly)
        {
            return SendCallAsync(request, token, rules, cancellationToken);
        }

        token.Placed.WriteTo(request.Headers);
        _services.Logger.TokenPlaced(_clientName, token);
        var sending = base.SendAsync(request, cancellationToken);
        return sending.IsCompletedSuccessfully && rules.Expiry.IsPlainSuccess(sending.Result)
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
            $"HTTP client '{_clientName}' cannot send synchronously: its token '{_source.Name}' may have to be renewed, and waiting for that on this thread can deadlock. It would work until the token expires and fail then, so it is refused at once. Call SendAsync, GetAsync or another asynchronous method.");

    private CallRules CurrentRules()
    {
        var definition = _definitions.Current;
        return _rules is { } rules && ReferenceEquals(rules.Definition, definition)
            ? rules
            : _rules = CallRules.Compile(definition, _clientName, () => _services.BaseAddress.Of(_clientName));
    }

    private async ValueTask<AccessToken> GetWishedAsync(
        HttpRequestMessage request, TokenWishes wishes, CancellationToken cancellationToken)
    {
        var demand = new TokenDemand { Subject = wishes.Subject, Force = wishes.Force };
        var token = await _source.GetTokenAsync(demand, cancellationToken).ConfigureAwait(false);
        if (wishes.Force)
        {
            // Done: an outer retry that sends the same message again is not another wish.
            request.Options.Set(TokenCallOptions.ForceKey, false);
        }

        return token;
    }

    /// <summary>A call that is more than setting headers, or wants no token.</summary>
    private async Task<HttpResponseMessage> SendCallAsync(
        HttpRequestMessage request, TokenWishes wishes, CallRules rules, CancellationToken cancellationToken)
    {
        if (!wishes.Skip)
        {
            // Asked before there is a token: nothing is refreshed for a request that will not leave.
            if (request.RequestUri is not { IsAbsoluteUri: true } target
                || (!rules.Permits(target) && !rules.MayPermitWithToken(target)))
            {
                throw rules.Refusal(request.RequestUri);
            }

            var token = await GetWishedAsync(request, wishes, cancellationToken).ConfigureAwait(false);
            return await SendCallAsync(request, token, rules, cancellationToken).ConfigureAwait(false);
        }

        if (request.RequestUri is not { IsAbsoluteUri: true } address || PlacementBaseUrl.IsPlaceholder(address))
        {
            throw new InvalidOperationException(
                $"A request of HTTP client '{_clientName}' skips its token and has no address of its own: the base URL is known only together with token '{rules.Definition.Name}'. Give the request an absolute address.");
        }

        var call = NewCall(request, rules, token: null);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await FollowUpAsync(call, response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendCallAsync(
        HttpRequestMessage request, AccessToken token, CallRules rules, CancellationToken cancellationToken)
    {
        var call = NewCall(request, rules, token);
        call.Content = ReplayBufferContent.Around(request.Content, rules.Definition.Placement.ReplayBufferLimit);
        var response = await SendWithTokenAsync(call, token, cancellationToken).ConfigureAwait(false);
        return await FollowUpAsync(call, response, cancellationToken).ConfigureAwait(false);
    }

    private static ApiCall NewCall(HttpRequestMessage request, CallRules rules, AccessToken? token) => new()
    {
        Rules = rules,
        WantsToken = token is not null,
        Template = request,
        Content = request.Content,
        Address = request.RequestUri!, // checked by every caller before it came here
        Token = token,
        CarriesToken = token is not null,
    };

    /// <summary>Places the token on this hop's message and sends it.</summary>
    private async Task<HttpResponseMessage> SendWithTokenAsync(ApiCall call, AccessToken token, CancellationToken cancellationToken)
    {
        var placed = token.Placed;
        var target = call.Template.RequestUri!;
        call.Address = !PlacementBaseUrl.IsPlaceholder(target) ? target
            : placed.BaseUrl is { } baseUrl ? PlacementBaseUrl.Join(baseUrl, target)
            : throw call.Rules.Refusal(target);
        if (!call.Rules.Permits(call.Address, placed))
        {
            throw call.Rules.Refusal(call.Address);
        }

        if (call.Token is { } former && !ReferenceEquals(former, token))
        {
            // A reload between the two may have changed which headers there are.
            Strip(call.Template, former.Placed);
        }

        call.Token = token;
        call.CarriesToken = true;
        var (headers, query) = await RenderForCallAsync(call, token, cancellationToken).ConfigureAwait(false);
        var signer = call.Rules.Definition.Placement.Sign;

        // A signature belongs to one send; on the caller's own message it would go along to wherever a redirect leads.
        var needsCopy = !query.IsEmpty
            || signer is not null
            || !ReferenceEquals(call.Address, target)
            || !ReferenceEquals(call.Content, call.Template.Content);
        var message = needsCopy
            ? MessageCopy.Of(call.Template, PlacedQuery.Append(call.Address, query), call.Template.Method, call.Content)
            : call.Template;

        placed.WriteTo(message.Headers);
        PlacedToken.WriteTo(message.Content, placed.ContentHeaders.Concat(headers.Where(static header => HttpNames.IsContentHeader(header.Key))));
        foreach (var header in headers.Where(static header => !HttpNames.IsContentHeader(header.Key)))
        {
            message.Headers.Remove(header.Key);
            message.Headers.Add(header.Key, header.Value);
        }

        if (signer is not null)
        {
            var signing = new RequestSigningContext(token.Key, _services.Time.GetUtcNow(), _services.Randomness.NextGuid(), token);
            if (await RequestSigning.SignAsync(_services.Outside.Signers, signer, message, signing, cancellationToken).ConfigureAwait(false) is { } unsigned)
            {
                throw new TokenRefreshException(token.Key, unsigned);
            }
        }

        _services.Logger.TokenPlaced(_clientName, token);
        var response = await base.SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (!query.IsEmpty)
        {
            // Callers print the address of an answer's request.
            message.RequestUri = call.Address;
        }

        return response;
    }

    private async ValueTask<(ImmutableArray<KeyValuePair<string, string>> Headers, ImmutableArray<KeyValuePair<string, string>> Query)> RenderForCallAsync(
        ApiCall call, AccessToken token, CancellationToken cancellationToken)
    {
        var placed = token.Placed;
        if (placed.CallValues is not { } values)
        {
            return ([], placed.Query);
        }

        var placement = call.Rules.Definition.Placement;
        var scope = new ApiCallScope(
            await ValuesForCallAsync(call, token, values, cancellationToken).ConfigureAwait(false),
            call.Template.Method,
            call.Address,
            placement.ReadsBody ? await BodyOfAsync(call, token, cancellationToken).ConfigureAwait(false) : null);
        var headers = TokenPlacement.RenderForCall(placement.Headers, scope, inHeader: true, out var failure);
        var query = failure is null
            ? TokenPlacement.RenderForCall(placement.Query, scope, inHeader: false, out failure)
            : [];
        return failure is null ? (headers, placed.Query.AddRange(query)) : throw new TokenRefreshException(token.Key, failure);
    }

    private async ValueTask<EvaluationContext> ValuesForCallAsync(
        ApiCall call, AccessToken token, EvaluationContext values, CancellationToken cancellationToken)
    {
        var definition = call.Rules.Definition;
        if (!definition.Placement.OtherTokens.IsEmpty)
        {
            // Asked for each call: the other token has a life of its own.
            var others = new OutsideValues(_services.Outside);
            foreach (var name in definition.Placement.OtherTokens)
            {
                var other = await others.TokenAsync(name, token.Key, cancellationToken).ConfigureAwait(false);
                values = other.Succeeded
                    ? values with { Tokens = values.Tokens.SetItem(name, other.Value) }
                    : throw new TokenRefreshException(token.Key, other.Failure);
            }
        }

        return values with
        {
            Now = _services.Time.GetUtcNow(),
            Uuid = _services.Randomness.NextGuid(),
            Randomness = _services.Randomness,
            Jwts = new JwtIssuance(definition.Jwts, _services.Randomness),
        };
    }

    private static async ValueTask<string> BodyOfAsync(ApiCall call, AccessToken token, CancellationToken cancellationToken)
    {
        if (call.Content is null)
        {
            return "";
        }

        return RequestReplay.CanReplay(call.Content)
            ? await call.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false)
            : throw new TokenRefreshException(token.Key, new RefreshFailure(
                RefreshFailureReason.RequestRejected,
                "Placement reads request.body, and the body of this call can be read only once. Send content that can be read again; the call was not sent."));
    }

    /// <summary>Looks at an answer: sends again with a newer token, follows a redirect, or hands the answer to the caller.</summary>
    private async Task<HttpResponseMessage> FollowUpAsync(ApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await NewerTokenAsync(call, response, cancellationToken).ConfigureAwait(false) is { } newer)
                {
                    response.Dispose();
                    response = await SendWithTokenAsync(call, newer, cancellationToken).ConfigureAwait(false);
                    _services.Logger.RequestResent(call.Origin, newer.Key, newer.Generation, (int)response.StatusCode);
                }
                else if (NextHop(call, response) is { } target)
                {
                    response.Dispose();
                    response = await SendHopAsync(call, target, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    return response;
                }
            }
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>
    /// After an expiry signal to our token: a newer token, if the request can be sent again with it. Asked once a call.
    /// </summary>
    private async ValueTask<AccessToken?> NewerTokenAsync(
        ApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!call.CarriesToken || call.IsRenewed || call.Token is not { } rejected || !call.Rules.Expiry.Say(response, rejected.Placed))
        {
            return null;
        }

        call.IsRenewed = true;
        var logger = _services.Logger;
        logger.TokenRejected(call.Origin, (int)response.StatusCode, rejected.Key, rejected.Generation, rejected.CorrelationId);
        var demand = new TokenDemand { Subject = rejected.Key.Subject, Rejected = rejected };
        if (!RequestReplay.CanReplay(call.Content))
        {
            logger.ResendImpossible(call.Origin, rejected.Key, call.Content!.GetType().Name);
            ReportRejected(demand);
            return null;
        }

        try
        {
            var current = await _source.GetTokenAsync(demand, cancellationToken).ConfigureAwait(false);
            if (!ReferenceEquals(current, rejected))
            {
                return current;
            }

            logger.NoNewerToken(rejected.Key, rejected.Generation, call.Origin);
        }
        catch (TokenRefreshException e)
        {
            // The API's own answer is the truer one: it says what happened to this request, and its body is the caller's.
            logger.RenewalFailed(rejected.Key, e.Reason, call.Origin);
        }

        return null;
    }

    /// <summary>Lets the source renew the token for the next call. This caller does not wait for it.</summary>
    private void ReportRejected(TokenDemand demand) =>
        _services.Spawner.Start(
            static async state =>
            {
                var (source, rejection, logger) = state;
                try
                {
                    await source.GetTokenAsync(rejection, CancellationToken.None).ConfigureAwait(false);
                }
                catch (TokenRefreshException e)
                {
                    logger.RejectedReportFailed(rejection.Rejected!.Key, e.Reason.ToString());
                }
                catch (Exception e)
                {
                    // Nobody waits for this work, so nobody else would see it; the next call meets the same trouble itself.
                    logger.RejectedReportFailed(rejection.Rejected!.Key, e.GetType().Name);
                }
            },
            (_source, demand, _services.Logger));

    private RedirectTarget? NextHop(ApiCall call, HttpResponseMessage response)
    {
        if (RedirectLimit == 0 || !RedirectFollower.IsRedirect(response.StatusCode))
        {
            return null;
        }

        var target = RedirectFollower.Next(call.Address, call.Template.Method, response);
        var why = target is null ? "it names no address that may be followed from there"
            : call.Redirects >= RedirectLimit ? "there were too many before it"
            : !target.DropsBody && !RequestReplay.CanReplay(call.Content) ? "the body can be read only once"
            : null;
        if (why is null)
        {
            return target;
        }

        _services.Logger.RedirectNotFollowed(call.Origin, why);
        return null;
    }

    private Task<HttpResponseMessage> SendHopAsync(ApiCall call, RedirectTarget target, CancellationToken cancellationToken)
    {
        var rules = call.Rules;
        var placed = call.WantsToken ? call.Token!.Placed : null;
        var address = PlacedQuery.Remove(target.Address, rules.QueryNames);
        if (placed is not null)
        {
            address = PlacedQuery.Remove(address, [.. placed.Query.Select(value => value.Key)]);
        }

        if (target.DropsBody)
        {
            call.Content = null;
        }

        var hop = MessageCopy.Of(call.Template, address, target.Method, call.Content);
        if (target.DropsBody)
        {
            hop.Headers.TransferEncodingChunked = null;
            hop.Headers.ExpectContinue = null;
        }

        if (placed is not null)
        {
            Strip(hop, rules.HeaderNames);
            Strip(hop, placed);
        }

        if (!Origin.AreSame(call.Address, address))
        {
            Strip(hop, ["Authorization", "Cookie", "Proxy-Authorization", "Host", .. rules.HeaderNames]);
        }

        call.Redirects++;
        call.Template = hop;
        var from = call.Origin;
        call.Address = address;
        if (placed is not null && rules.Permits(address, placed))
        {
            return SendWithTokenAsync(call, call.Token!, cancellationToken);
        }

        call.CarriesToken = false;
        if (placed is not null)
        {
            _services.Logger.RedirectWithoutToken(from, Origin.TextOf(address), rules.Definition.Name);
        }

        return base.SendAsync(hop, cancellationToken);
    }

    private static void Strip(HttpRequestMessage message, PlacedToken placed)
    {
        foreach (var header in placed.Headers.Where(static header => !HttpNames.IsContentHeader(header.Key)))
        {
            message.Headers.Remove(header.Key);
        }
    }

    private static void Strip(HttpRequestMessage message, ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            message.Headers.Remove(name);
        }
    }

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
            return rules.Expiry.IsPlainSuccess(response)
                ? response
                : await handler.FollowUpAsync(NewCall(request, rules, token), response, cancellationToken).ConfigureAwait(false);
        }
    }
}
