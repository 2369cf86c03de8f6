using TokenKit.Http.Bodies;

namespace TokenKit.Http;

/// <summary>Gets a newer token after an API said that the token of a call has expired.</summary>
internal sealed class RejectedTokenRenewal(ITokenSource source, TokenHandlerServices services, CallTokens tokens)
{
    /// <summary>
    /// After an expiry signal to our token: a newer token, if the request can be sent again with it. Asked once a call.
    /// </summary>
    public async ValueTask<AccessToken?> NewerTokenAsync(
        ApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!call.CarriesToken || call.Token is not { } rejected)
        {
            return null;
        }

        if (!await IsExpiryAsync(call, response, cancellationToken).ConfigureAwait(false))
        {
            if (response.IsSuccessStatusCode)
            {
                rejected.Prove();
            }

            return null;
        }

        if (call.IsRenewed)
        {
            return null;
        }

        call.IsRenewed = true;
        var logger = services.Logger;
        logger.TokenRejected(call.Origin, (int)response.StatusCode, rejected.Key, rejected.Generation, rejected.CorrelationId);
        var demand = new TokenDemand { Subject = rejected.Key.Subject, Rejected = rejected };
        if (call.IsMoved && !call.Rules.Permits(call.Template, call.Template.RequestUri!, call.Placed!))
        {
            // A handler behind this one led the request elsewhere; whether the next token may go there, too, nobody has said.
            logger.ResendElsewhere(call.Origin, rejected.Key);
            ReportRejected(demand);
            return null;
        }

        if (!RequestReplay.CanReplay(call.Content))
        {
            ReportRejected(demand);
            return Unrepeatable(call, rejected);
        }

        try
        {
            var current = await call.Style.WaitAsync(
                static wanted => wanted.source.GetTokenAsync(wanted.demand, wanted.cancellationToken), (source, demand, cancellationToken)).ConfigureAwait(false);
            if (!current.IsSameTokenAs(rejected))
            {
                // Before the API's answer is let go: that is what the caller gets where no call can carry the newer token.
                var newer = (await tokens.FitAsync(call.Style, current, rejected, cancellationToken).ConfigureAwait(false)).Token;

                // An answer may come before the body is sent, and its sending begin meanwhile.
                return call.TryRepeatBody() ? newer : Unrepeatable(call, rejected);
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

    private ValueTask<bool> IsExpiryAsync(ApiCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var looking = call.Rules.Expiry.IsExpiryAsync(call.Template.Method, response, call.Placed!, services.Time, cancellationToken);

        // Only a body can keep it waiting.
        return looking.IsCompleted ? looking : call.Style.WaitAsync(static looking => looking, looking);
    }

    private AccessToken? Unrepeatable(ApiCall call, AccessToken rejected)
    {
        services.Logger.ResendImpossible(call.Origin, rejected.Key, call.Template.Content!.GetType().Name);
        return null;
    }

    /// <summary>Lets the source renew the token for the next call. This caller does not wait for it.</summary>
    private void ReportRejected(TokenDemand demand) =>
        services.Spawner.Start(
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
            (source, demand, services.Logger));
}
