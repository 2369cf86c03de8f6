using TokenKit.Definitions;
using TokenKit.Refresh;
using TokenKit.Refresh.Map;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>
/// Runs the pipeline, and asks of every failure whether another instance or a lost answer explains it, so that another
/// exchange can help.
/// </summary>
internal sealed class ExchangeLoop(
    RefreshPipeline pipeline, StoredTokenReading reading, RefusedGrant refusedGrant, EarlyRefusal earlyRefusal, LostAnswer lostAnswer,
    DoubtfulGrant doubtfulGrant, RequestLimit requestLimit, FlightResults results)
{
    // The secret that was accepted last. Flights of several subjects may write it at once; whichever stays is a fair guess.
    private volatile int _secretTurn;

    public async ValueTask<RefreshResult> RunAsync(HeldRefresh held, ExchangeDefinition first)
    {
        RefreshFailure? failed = null;
        for (var (exchange, needsLeave) = (first, true); ;)
        {
            if (needsLeave && requestLimit.TakeLeave(held, failed) is { } early)
            {
                return early;
            }

            var before = held.RequestsSent;
            var outcome = await pipeline.RunAsync(held.ContextFor(exchange, _secretTurn)).ConfigureAwait(false);
            held.Learn(outcome);
            requestLimit.Learn(held, exchange, outcome, before);
            if (outcome.Succeeded)
            {
                return results.Refreshed(held, outcome.Token);
            }

            var judged = await JudgeAsync(held, exchange, outcome).ConfigureAwait(false);
            if (!judged.GoesOn)
            {
                return judged.Result;
            }

            (failed, needsLeave) = (outcome.Failure, !RequestLimit.IsSameLeave(held.Run, exchange, judged.Next));
            exchange = judged.Next;
        }
    }

    private async ValueTask<OrResult<ExchangeDefinition>> JudgeAsync(HeldRefresh held, ExchangeDefinition exchange, PipelineResult outcome)
    {
        var failure = doubtfulGrant.Weigh(held.Run, exchange, outcome.Failure!);
        return failure.Reason switch
        {
            RefreshFailureReason.Superseded =>
                await reading.ReadNewsAsync(held).ConfigureAwait(false) ?? results.Superseded(held.Run, outcome.Token!),
            RefreshFailureReason.ClientRejected when MayBeTheSecret(failure) && held.TryTakeAnotherSecret(exchange) => WithNextSecret(exchange),
            RefreshFailureReason.ReauthorizationRequired when held.RedeemsCode =>
                await refusedGrant.JudgeCodeAsync(held, failure).ConfigureAwait(false),
            RefreshFailureReason.ReauthorizationRequired when exchange.CostsStoredToken && failure.Refusal is null =>
                await refusedGrant.JudgeAsync(held, failure).ConfigureAwait(false),
            _ when MayLogInInstead(held, exchange, failure) => await refusedGrant.JudgeAsync(held, failure).ConfigureAwait(false),
            _ when failure.IsAmbiguous && exchange.CostsStoredToken =>
                await lostAnswer.JudgeAsync(held, exchange, failure).ConfigureAwait(false),
            RefreshFailureReason.RequestRejected when exchange.CostsStoredToken =>
                earlyRefusal.Judge(held.Run, failure) ?? results.Failed(held.Run, failure),
            _ => results.Failed(held.Run, failure),
        };
    }

    // A server that names what was refused, and it is not the client, would refuse it again beside another secret. A number names nothing.
    private static bool MayBeTheSecret(RefreshFailure failure) =>
        failure is { Refusal: null or { Kind: RefusalKind.Client } } or { Refusal.Kind: RefusalKind.Login, ErrorCode: null or [>= '0' and <= '9', ..] };

    // Many servers say no more than "401" or "400" of a token that is no good, and ServiceNow "server_error" beside a 401. That alone
    // never kills a grant; but where the definition has another way in for this case, taking it costs a request and loses nothing.
    private static bool MayLogInInstead(HeldRefresh held, ExchangeDefinition exchange, RefreshFailure failure) =>
        exchange.CostsStoredToken
        && held.Run.Definition is { RequestWhen: RequestWhen.RefreshMissingOrRejected, Request: not null }
        && failure is { StatusCode: not null, Reason: RefreshFailureReason.RequestRejected or RefreshFailureReason.ClientRejected }
            or { StatusCode: 401, Reason: RefreshFailureReason.ServerError, IsByRule: false }
        && !FailureClassification.NamesClient(failure.ErrorCode);

    // The client was refused before anything else was looked at, so nothing is spent (RFC 6749 section 5.2).
    private ExchangeDefinition WithNextSecret(ExchangeDefinition exchange)
    {
        _secretTurn = (_secretTurn + 1) % exchange.Client.Secrets.Length;
        return exchange;
    }
}
