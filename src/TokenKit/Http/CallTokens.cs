using TokenKit.Placement;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.Http;

/// <summary>Gets the token that a request asks for, and brings tokens into the form that the present rules ask for.</summary>
internal sealed class CallTokens(ITokenSource source, string clientName, PresentCallRules rules, ClientCookies cookies)
{
    /// <summary>Gives calls a token that they can carry, where the source's is not in the form of the present definition.</summary>
    public PlaceableTokens? Placeable { get; set; }

    /// <summary>The rules under which a request may go out that the known ones refuse.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public CallRules RulesPermitting(HttpRequestMessage request) => rules.Permitting(request);

    public async ValueTask<AccessToken> GetWishedAsync(
        HttpRequestMessage request, TokenWishes wishes, CancellationToken cancellationToken)
    {
        if (SubjectLength.IsTooLong(wishes.Subject))
        {
            throw new InvalidOperationException(
                $"A request of HTTP client '{clientName}' was not sent: its subject for token '{source.Name}' {SubjectLength.Fault(wishes.Subject)}. Shorten what UseSubject(…) finds or what the request is given as its subject.");
        }

        cookies.RefuseSharedWith(wishes.Subject);
        var demand = new TokenDemand { Subject = wishes.Subject, Force = wishes.Force };
        var token = await source.GetTokenAsync(demand, cancellationToken).ConfigureAwait(false);
        if (wishes.Force)
        {
            // Done: an outer retry that sends the same message again is not another wish.
            request.Options.Set(TokenCallOptions.Force, false);
        }

        return token;
    }

    /// <summary>Brings a token into the form that the present rules ask for, or another one in its place that is not the rejected one.</summary>
    /// <exception cref="TokenRefreshException">No token could be brought into that form; nothing is sent.</exception>
    public ValueTask<FittingToken> FitAsync(CallStyle style, AccessToken token, AccessToken? rejected, CancellationToken cancellationToken) =>
        rules.Current is var present && token.PlacedBy(present.Placement) is { } placed
            ? new(new FittingToken(token, placed, present))
            : style.WaitAsync(
                static fitting => fitting.Tokens.MakeFitAsync(fitting.Token, fitting.Rejected, fitting.CancellationToken),
                (Tokens: this, Token: token, Rejected: rejected, CancellationToken: cancellationToken));

    private async ValueTask<FittingToken> MakeFitAsync(AccessToken token, AccessToken? rejected, CancellationToken cancellationToken)
    {
        while (true)
        {
            var present = rules.Current;
            if (token.PlacedBy(present.Placement) is { } placed)
            {
                return new(token, placed, present);
            }

            if (Placeable is { } placeable)
            {
                token = await placeable.ForCallAsync(token, rejected, cancellationToken).ConfigureAwait(false);
            }
            else if (!PlaceableTokens.TryPlaceAtHand(token, present.Definition, out var unplaceable))
            {
                throw new TokenRefreshException(token.Key, unplaceable ?? new RefreshFailure(
                    RefreshFailureReason.SecretUnavailable, $"A value that Placement of '{token.Key}' reads beside the token cannot be fetched here. The request was not sent."));
            }
        }
    }
}

/// <summary>A token in the form that the rules of a call ask for.</summary>
internal readonly record struct FittingToken(AccessToken Token, PlacedToken Placed, CallRules Rules);
