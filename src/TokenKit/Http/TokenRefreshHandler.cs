using System.Collections.Immutable;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Language.Origins;
using TokenKit.Placement;
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
/// machine that looks at the answer: no lock, no copy. Everything more is an <see cref="ApiCall"/>.
/// </remarks>
internal sealed class TokenRefreshHandler : DelegatingHandler
{
    private readonly ITokenSource _source;
    private readonly IDefinitionSource _definitions;
    private readonly string _clientName;
    private readonly TokenHandlerServices _services;
    private readonly ITokenSubjectResolver? _subjects;
    private readonly CallRendering _rendering;
    private readonly RejectedTokenRenewal _renewal;
    private readonly CallRedirects _redirects;

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
        _rendering = new CallRendering(services);
        _renewal = new RejectedTokenRenewal(source, services, FitAsync);
        _redirects = new CallRedirects(services.Logger);
    }

    /// <summary>How many redirects to follow in place of the primary handler; 0 follows none. Set before the first send.</summary>
    public int RedirectLimit
    {
        get => _redirects.Limit;
        set => _redirects.Limit = value;
    }

    public string TokenName => _source.Name;

    /// <summary>Whether the primary handler is to keep no cookies.</summary>
    public bool ForbidsCookies =>
        _definitions.Current is { Placement.KeepCookies: false } definition && MixedIdentities.CanMeet(definition, _subjects is not null);

    /// <summary>Whether the primary handler keeps cookies for whoever calls. Set before the first send.</summary>
    public bool KeepsCookies { get; set; }

    /// <summary>What is left to say about cookies that were switched off; <see langword="null"/> where none were. Set before the first send.</summary>
    public CookieNotice? CookieNotice { get; set; }

    /// <summary>The client certificate that the definition names, to be presented to the API as well (RFC 8705 section 3).</summary>
    public ClientCertificates? Certificates { get; init; }

    /// <summary>Gives calls a token that they can carry, where the source's is not in the form of the present definition.</summary>
    public PlaceableTokens? Placeable { get; init; }

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
        if (token.PlacedBy(rules.Placement) is not { IsHeadersOnly: true } placed)
        {
            return SendCallAsync(request, token, cancellationToken);
        }

        placed.WriteTo(request.Headers);
        _services.Logger.TokenPlaced(_clientName, token);
        var sending = base.SendAsync(request, cancellationToken);
        return sending.IsCompletedSuccessfully && CookieNotice is null && rules.Expiry.IsPlainSuccess(sending.Result)
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

    private void NoticeCookies(HttpResponseMessage response, Uri address)
    {
        if (CookieNotice is { IsDue: true } notice && response.Headers.NonValidated.Contains("Set-Cookie") && notice.TryTake())
        {
            _services.Logger.CookieDropped(Origin.TextOf(address), _clientName, TokenName);
        }
    }

    private async ValueTask<AccessToken> GetWishedAsync(
        HttpRequestMessage request, TokenWishes wishes, CancellationToken cancellationToken)
    {
        // What the registration does not speak of was not seen when the client was created.
        if (KeepsCookies && wishes.Subject.Length > 0 && _definitions.Current is { Placement.KeepCookies: false } definition
            && MixedIdentities.CanBringGrants(definition))
        {
            throw new InvalidOperationException(
                $"A request of HTTP client '{_clientName}' names a subject, and the client keeps cookies: one subject's would go along with another's token. Call UseSubject(…) where token '{TokenName}' is registered, or give the client a primary handler with UseCookies = false. To keep cookies all the same, set Placement.KeepCookies of token '{TokenName}'.");
        }

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
            return await SendCallAsync(request, token, cancellationToken).ConfigureAwait(false);
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

    private async Task<HttpResponseMessage> SendCallAsync(HttpRequestMessage request, AccessToken token, CancellationToken cancellationToken)
    {
        // A reload since, or a part of the placement that is missing still.
        (token, _, var rules) = await FitAsync(token, null, cancellationToken).ConfigureAwait(false);
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
        Placed = token is null ? null : token.PlacedBy(rules.Placement) ?? PlacedToken.On(request.Headers, rules.HeaderNames),
        CarriesToken = token is not null,
    };

    private async ValueTask<(AccessToken Token, PlacedToken Placed, CallRules Rules)> FitAsync(
        AccessToken token, AccessToken? rejected, CancellationToken cancellationToken)
    {
        while (true)
        {
            var rules = CurrentRules();
            if (token.PlacedBy(rules.Placement) is { } placed)
            {
                return (token, placed, rules);
            }

            if (Placeable is { } placeable)
            {
                token = await placeable.ForCallAsync(token, rejected, cancellationToken).ConfigureAwait(false);
            }
            else if (!PlaceableTokens.TryPlaceAtHand(token, rules.Definition, out var unplaceable))
            {
                throw new TokenRefreshException(token.Key, unplaceable ?? new RefreshFailure(
                    RefreshFailureReason.SecretUnavailable, $"What Placement of '{token.Key}' reads beside the token cannot be fetched here. Nothing was sent."));
            }
        }
    }

    /// <summary>Places the token on this hop's message and sends it.</summary>
    private async Task<HttpResponseMessage> SendWithTokenAsync(ApiCall call, AccessToken token, CancellationToken cancellationToken)
    {
        var former = call.Token;
        var formerly = call.Placed;
        (token, var placed, call.Rules) = await FitAsync(token, null, cancellationToken).ConfigureAwait(false);
        var target = call.Template.RequestUri!;
        call.Address = !PlacementBaseUrl.IsPlaceholder(target) ? target
            : placed.BaseUrl is { } baseUrl ? PlacementBaseUrl.Join(baseUrl, target)
            : throw call.Rules.Refusal(target);
        if (!call.Rules.Permits(call.Address, placed))
        {
            throw call.Rules.Refusal(call.Address);
        }

        if (formerly is not null && !(ReferenceEquals(former, token) && ReferenceEquals(formerly, placed)))
        {
            // A reload between the two may have changed which headers there are.
            formerly.RemoveFrom(call.Template.Headers);
        }

        call.Token = token;
        call.Placed = placed;
        call.CarriesToken = true;
        var (headers, query) = await _rendering.RenderAsync(call, token, placed, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Looks at an answer: sends again with a newer token, follows a redirect, or hands the answer to the caller.</summary>
    private async Task<HttpResponseMessage> FollowUpAsync(ApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                NoticeCookies(response, call.Address);
                if (await _renewal.NewerTokenAsync(call, response, cancellationToken).ConfigureAwait(false) is { } newer)
                {
                    response.Dispose();
                    response = await SendWithTokenAsync(call, newer, cancellationToken).ConfigureAwait(false);
                    _services.Logger.RequestResent(call.Origin, newer.Key, newer.Generation, (int)response.StatusCode);
                }
                else if (_redirects.NextHop(call, response) is { } target)
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

    private Task<HttpResponseMessage> SendHopAsync(ApiCall call, RedirectTarget target, CancellationToken cancellationToken) =>
        _redirects.Take(call, target)
            ? SendWithTokenAsync(call, call.Token!, cancellationToken)
            : base.SendAsync(call.Template, cancellationToken);

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
            handler.NoticeCookies(response, request.RequestUri!); // sent, so there is one
            return rules.Expiry.IsPlainSuccess(response)
                ? response
                : await handler.FollowUpAsync(NewCall(request, rules, token), response, cancellationToken).ConfigureAwait(false);
        }
    }
}
