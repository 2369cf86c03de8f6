using System.Collections.Immutable;
using TokenKit.Definitions.Compilation;
using TokenKit.Http.Bodies;
using TokenKit.Language.Expressions;
using TokenKit.Placement;
using TokenKit.Refresh.Request;

namespace TokenKit.Http;

/// <summary>
/// Sends the calls that are more than setting headers: a base URL or a query that comes with the token, values made for one
/// call, a signature, a resend with a newer token, a redirect.
/// </summary>
/// <param name="source">Where newer tokens come from.</param>
/// <param name="clientName">The name of the HTTP client, for messages.</param>
/// <param name="tokens">The tokens of calls, in the form of the present rules.</param>
/// <param name="cookies">What is known of the client's cookies.</param>
/// <param name="services">The services of token handlers.</param>
internal sealed class ApiCallSender(
    ITokenSource source, string clientName, CallTokens tokens, ClientCookies cookies, TokenHandlerServices services)
{
    private readonly CallRendering _rendering = new(services);
    private readonly RejectedTokenRenewal _renewal = new(source, services, tokens);
    private readonly CallRedirects _redirects = new(services.Logger);

    /// <summary>How many redirects to follow; 0 follows none. Set before the first send.</summary>
    public int RedirectLimit
    {
        get => _redirects.Limit;
        set => _redirects.Limit = value;
    }

    /// <summary>Sends a request whose token is still to be got, or that wants none.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        CallStyle style, HttpRequestMessage request, TokenWishes wishes, CallRules rules, CancellationToken cancellationToken)
    {
        if (!wishes.Skip)
        {
            // Asked before there is a token: nothing is refreshed for a request that will not leave.
            if (request.RequestUri is not { IsAbsoluteUri: true } target)
            {
                throw rules.Refusal(request.RequestUri);
            }

            if (!rules.Permits(request) && !rules.MayPermitWithToken(target))
            {
                tokens.RulesPermitting(request);
            }

            var token = await style.WaitAsync(
                static wanted => wanted.tokens.GetWishedAsync(wanted.request, wanted.wishes, wanted.cancellationToken),
                (tokens, request, wishes, cancellationToken)).ConfigureAwait(false);
            return await SendAsync(style, request, token, cancellationToken).ConfigureAwait(false);
        }

        if (request.RequestUri is not { IsAbsoluteUri: true } address || PlacementBaseUrl.IsPlaceholder(address))
        {
            throw new InvalidOperationException(
                $"A request of HTTP client '{clientName}' skips its token and has no absolute address. The base URL is known only together with token '{rules.Definition.Name}'. Give the request an absolute address.");
        }

        var call = NewCall(style, request, rules, token: null);
        var response = await style.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await FollowUpAsync(call, response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request with a token.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        CallStyle style, HttpRequestMessage request, AccessToken token, CancellationToken cancellationToken)
    {
        // A reload since, or a part of the placement that is missing still.
        (token, _, var rules) = await tokens.FitAsync(style, token, null, cancellationToken).ConfigureAwait(false);
        var call = NewCall(style, request, rules, token);
        call.Content = WatchedContent.Around(request.Content, rules.Definition.Placement.ReplayBufferLimit);
        try
        {
            var response = await SendWithTokenAsync(call, token, cancellationToken).ConfigureAwait(false);
            return await FollowUpAsync(call, response, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            WatchedContent.Release(call.Content);
        }
    }

    /// <summary>Looks at the answer to a request that was sent, as it is, with a token in its headers.</summary>
    /// <param name="style">How the call sends and waits.</param>
    /// <param name="request">The request.</param>
    /// <param name="sentTo">Where it was sent; another handler may have changed it since.</param>
    /// <param name="rules">The rules of the call.</param>
    /// <param name="token">The token it carries.</param>
    /// <param name="response">The answer.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<HttpResponseMessage> FollowUpAsync(
        CallStyle style, HttpRequestMessage request, Uri sentTo, CallRules rules, AccessToken token, HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        var call = NewCall(style, request, rules, token);
        call.SentTo = sentTo;
        return FollowUpAsync(call, response, cancellationToken);
    }

    private static ApiCall NewCall(CallStyle style, HttpRequestMessage request, CallRules rules, AccessToken? token) => new()
    {
        Rules = rules,
        Style = style,
        WantsToken = token is not null,
        Template = request,
        Content = request.Content,
        Address = request.RequestUri!, // checked by every caller before it came here
        Token = token,
        Placed = token is null ? null : token.PlacedBy(rules.Placement) ?? PlacedToken.On(request.Headers, rules.HeaderNames),
        CarriesToken = token is not null,
    };

    /// <summary>Places the token on this hop's message and sends it.</summary>
    private async Task<HttpResponseMessage> SendWithTokenAsync(ApiCall call, AccessToken token, CancellationToken cancellationToken)
    {
        var former = call.Token;
        var formerly = call.Placed;
        (token, var placed, call.Rules) = await tokens.FitAsync(call.Style, token, null, cancellationToken).ConfigureAwait(false);
        var target = call.Template.RequestUri!;
        call.Address = !PlacementBaseUrl.IsPlaceholder(target) ? target
            : placed.BaseUrl is { } baseUrl ? PlacementBaseUrl.Join(baseUrl, target)
            : throw call.Rules.Refusal(target);
        if (!call.Rules.Permits(call.Template, call.Address, placed))
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
        var (headers, query) = placed.CallValues is { } values
            ? await RenderAsync(call, token, placed, values, cancellationToken).ConfigureAwait(false)
            : ([], placed.Query);
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
        call.Rules.Guard(message);
        PlacedToken.WriteTo(message.Content, placed.ContentHeaders.Concat(headers.Where(static header => HttpNames.IsContentHeader(header.Key))));
        foreach (var header in headers.Where(static header => !HttpNames.IsContentHeader(header.Key)))
        {
            HeaderText.TrySet(message.Headers, header.Key, header.Value);
        }

        if (signer is not null)
        {
            await SignAsync(call.Style, signer, message, token, cancellationToken).ConfigureAwait(false);
        }

        services.Logger.TokenPlaced(clientName, token);
        call.SentTo = needsCopy ? null : target;
        var response = await call.Style.SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (!query.IsEmpty)
        {
            // Callers print the address of an answer's request.
            message.RequestUri = call.Address;
        }

        return response;
    }

    private ValueTask<(ImmutableArray<KeyValuePair<string, string>> Headers, ImmutableArray<KeyValuePair<string, string>> Query)> RenderAsync(
        ApiCall call, AccessToken token, PlacedToken placed, EvaluationContext values, CancellationToken cancellationToken) =>
        call.Style.RunAsync(() => _rendering.RenderAsync(call, token, placed, values, cancellationToken));

    private async ValueTask SignAsync(
        CallStyle style, string signer, HttpRequestMessage message, AccessToken token, CancellationToken cancellationToken)
    {
        var signing = new RequestSigningContext { Key = token.Key, Now = services.Time.GetUtcNow(), Uuid = services.Randomness.NextGuid(), Token = token };
        var failure = await style
            .RunAsync(() => RequestSigning.SignAsync(services.Outside.Signers, signer, message, signing, cancellationToken))
            .ConfigureAwait(false);
        if (failure is not null)
        {
            throw new TokenRefreshException(token.Key, failure);
        }
    }

    /// <summary>Looks at an answer: sends again with a newer token, follows a redirect, or hands the answer to the caller.</summary>
    private async Task<HttpResponseMessage> FollowUpAsync(ApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cookies.NoticeCookies(response, call.Address);
                if (await _renewal.NewerTokenAsync(call, response, cancellationToken).ConfigureAwait(false) is { } newer)
                {
                    response.Dispose();
                    call.MoveBack();
                    response = await SendWithTokenAsync(call, newer, cancellationToken).ConfigureAwait(false);
                    services.Logger.RequestResent(call.Origin, newer.Key, newer.Generation, (int)response.StatusCode);
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
            : call.Style.SendAsync(call.Template, cancellationToken);
}
