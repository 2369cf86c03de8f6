using TokenKit.Definitions.Compilation;
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
/// <param name="send">Sends a message to the next handler.</param>
internal sealed class ApiCallSender(
    ITokenSource source, string clientName, CallTokens tokens, ClientCookies cookies, TokenHandlerServices services,
    Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send)
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

            var token = await tokens.GetWishedAsync(request, wishes, cancellationToken).ConfigureAwait(false);
            return await SendAsync(request, token, cancellationToken).ConfigureAwait(false);
        }

        if (request.RequestUri is not { IsAbsoluteUri: true } address || PlacementBaseUrl.IsPlaceholder(address))
        {
            throw new InvalidOperationException(
                $"A request of HTTP client '{clientName}' skips its token and has no absolute address. The base URL is known only together with token '{rules.Definition.Name}'. Give the request an absolute address.");
        }

        var call = NewCall(request, rules, token: null);
        var response = await send(request, cancellationToken).ConfigureAwait(false);
        return await FollowUpAsync(call, response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request with a token.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, AccessToken token, CancellationToken cancellationToken)
    {
        // A reload since, or a part of the placement that is missing still.
        (token, _, var rules) = await tokens.FitAsync(token, null, cancellationToken).ConfigureAwait(false);
        var call = NewCall(request, rules, token);
        call.Content = ReplayBufferContent.Around(request.Content, rules.Definition.Placement.ReplayBufferLimit);
        var response = await SendWithTokenAsync(call, token, cancellationToken).ConfigureAwait(false);
        return await FollowUpAsync(call, response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at the answer to a request that was sent with a token in its headers.</summary>
    public Task<HttpResponseMessage> FollowUpAsync(
        HttpRequestMessage request, CallRules rules, AccessToken token, HttpResponseMessage response, CancellationToken cancellationToken) =>
        FollowUpAsync(NewCall(request, rules, token), response, cancellationToken);

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

    /// <summary>Places the token on this hop's message and sends it.</summary>
    private async Task<HttpResponseMessage> SendWithTokenAsync(ApiCall call, AccessToken token, CancellationToken cancellationToken)
    {
        var former = call.Token;
        var formerly = call.Placed;
        (token, var placed, call.Rules) = await tokens.FitAsync(token, null, cancellationToken).ConfigureAwait(false);
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
            await SignAsync(signer, message, token, cancellationToken).ConfigureAwait(false);
        }

        services.Logger.TokenPlaced(clientName, token);
        var response = await send(message, cancellationToken).ConfigureAwait(false);
        if (!query.IsEmpty)
        {
            // Callers print the address of an answer's request.
            message.RequestUri = call.Address;
        }

        return response;
    }

    private async ValueTask SignAsync(string signer, HttpRequestMessage message, AccessToken token, CancellationToken cancellationToken)
    {
        var signing = new RequestSigningContext { Key = token.Key, Now = services.Time.GetUtcNow(), Uuid = services.Randomness.NextGuid(), Token = token };
        if (await RequestSigning.SignAsync(services.Outside.Signers, signer, message, signing, cancellationToken).ConfigureAwait(false) is { } unsigned)
        {
            throw new TokenRefreshException(token.Key, unsigned);
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
            : send(call.Template, cancellationToken);
}
