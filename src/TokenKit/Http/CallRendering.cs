using System.Collections.Immutable;
using TokenKit.Http.Bodies;
using TokenKit.Language.Expressions;
using TokenKit.Language.Signing;
using TokenKit.Placement;
using TokenKit.Refresh.Request;

namespace TokenKit.Http;

/// <summary>Renders the headers and query values that read the call itself: its body, its address, a token signed for it.</summary>
internal sealed class CallRendering(TokenHandlerServices services)
{
    /// <summary>Renders what is made for this call alone, and adds the query of the token.</summary>
    /// <exception cref="TokenRefreshException">A value could not be made; nothing is sent.</exception>
    public async ValueTask<(ImmutableArray<KeyValuePair<string, string>> Headers, ImmutableArray<KeyValuePair<string, string>> Query)> RenderAsync(
        ApiCall call, AccessToken token, PlacedToken placed, EvaluationContext values, CancellationToken cancellationToken)
    {
        var placement = call.Rules.Definition.Placement;
        var scope = new ApiCallScope(
            await ValuesAsync(call, token, values, cancellationToken).ConfigureAwait(false),
            call.Template.Method,
            call.Address,
            placement.ReadsBody ? await BodyOfAsync(call, token, cancellationToken).ConfigureAwait(false) : null);
        var headers = TokenPlacement.RenderForCall(placement.Headers, scope, inHeader: true, out var failure);
        var query = failure is null
            ? TokenPlacement.RenderForCall(placement.Query, scope, inHeader: false, out failure)
            : [];
        return failure is null ? (headers, placed.Query.AddRange(query)) : throw new TokenRefreshException(token.Key, failure);
    }

    private async ValueTask<EvaluationContext> ValuesAsync(
        ApiCall call, AccessToken token, EvaluationContext values, CancellationToken cancellationToken)
    {
        var definition = call.Rules.Definition;
        if (!definition.Placement.OtherTokens.IsEmpty)
        {
            // Asked for each call: the other token has a life of its own.
            var others = new OutsideValues(services.Outside);
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
            Now = services.Time.GetUtcNow(),
            Uuid = services.Randomness.NextGuid(),
            Randomness = services.Randomness,
            Jwts = new JwtIssuance(definition.Jwts, services.Randomness),
        };
    }

    private static async ValueTask<string> BodyOfAsync(ApiCall call, AccessToken token, CancellationToken cancellationToken)
    {
        if (call.Content is null)
        {
            return "";
        }

        return call.Content is not WatchedContent && RequestReplay.CanReplay(call.Content)
            ? await call.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false)
            : throw new TokenRefreshException(token.Key, new RefreshFailure(
                RefreshFailureReason.RequestRejected,
                "Placement reads request.body, and the body of this call can be read only once. Send content that can be read again; the call was not sent."));
    }
}
