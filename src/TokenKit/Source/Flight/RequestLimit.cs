using System.Globalization;
using TokenKit.Definitions;
using TokenKit.Refresh;
using TokenKit.Source.Records;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Sees to it that a server which limits logins is asked no more often than <c>Freshness.AtMostEvery</c> says.</summary>
/// <remarks>
/// The one gate before every exchange, whatever it is for. The instant of the last request is known in three places: in this process,
/// which may have lost its store; in what the last holder left with the lease, for the rest of the fleet; and, after a holder that
/// vanished, in the record, by the token that it obtained.
/// </remarks>
internal sealed class RequestLimit(TokenRecords records, FlightResults results, TimeProvider time)
{
    /// <summary>Whether this process knows that no request is allowed yet, so that not even the lease is asked for.</summary>
    /// <returns>The end of the flight; <see langword="null"/> when it may go on.</returns>
    public RefreshResult? Known(FlightRun run)
    {
        var now = ClockReading.Now(time);

        // A new seed is stored under the lease, and its access token serves without a request.
        if (run.Definition.Freshness.AtMostEvery is not { } period
            || run.PendingSeed is { Succeeded: true }
            || records.RequestWait(run.RecordKey, now, time) is not { Ticks: > 0 } wait)
        {
            return null;
        }

        return run.Flight.Slot.Failure switch
        {
            { Hold: FailureHold.UntilRequestAllowed } known => results.StillRefused(
                run, known with { Failure = known.Failure with { RetryAfter = wait }, At = now, Wait = wait }),

            // It says itself what was refused, for longer.
            { Failure.Refusal: not null } known when known.LeftAt(now, time) > wait => null,
            var known => TooEarly(run, period, wait, known?.Failure),
        };
    }

    /// <summary>Asks for leave to send an exchange, and takes note of it.</summary>
    /// <returns>The end of the flight; <see langword="null"/> when it may send.</returns>
    public RefreshResult? TakeLeave(HeldRefresh held, RefreshFailure? because)
    {
        var run = held.Run;
        if (run.Definition.Freshness.AtMostEvery is not { } period)
        {
            return null;
        }

        var now = ClockReading.Now(time);
        var (here, elsewhere) = (records.RequestWait(run.RecordKey, now, time), held.Record.RequestWaitAt(now));
        var wait = here > elsewhere ? here : elsewhere;
        if (wait > TimeSpan.Zero)
        {
            records.HoldRequests(run.RecordKey, now, wait);
            return TooEarly(run, period, wait, because ?? run.Flight.Slot.Failure?.Failure);
        }

        records.HoldRequests(run.RecordKey, now, period);
        held.Record.RequestedAt = now;
        return null;
    }

    /// <summary>Gives the leave back where the server has certainly seen nothing of the exchange.</summary>
    public void Learn(HeldRefresh held, ExchangeDefinition exchange, PipelineResult outcome, int requestsBefore)
    {
        if (held.Run.Definition.Freshness.AtMostEvery is not null && !MayHaveBeenSeen(exchange, outcome, requestsBefore))
        {
            records.EndRequestHold(held.Run.RecordKey);
            held.Record.RequestedAt = null;
        }
    }

    /// <summary>
    /// Whether an exchange after another is part of the same leave: a login because the renewal was refused. Otherwise the next leave
    /// would be used up by the same renewal.
    /// </summary>
    public static bool IsSameLeave(FlightRun run, ExchangeDefinition before, ExchangeDefinition next) =>
        !ReferenceEquals(before, next) && ReferenceEquals(next, run.Definition.Request);

    private static bool MayHaveBeenSeen(ExchangeDefinition exchange, PipelineResult outcome, int requestsBefore)
    {
        if (outcome.RequestsSent == requestsBefore)
        {
            return false;
        }

        var hasNotLeft = outcome is
        {
            Salvaged: null,
            Failure:
            {
                Reason: RefreshFailureReason.Unreachable or RefreshFailureReason.TimedOut or RefreshFailureReason.SecretUnavailable,
                IsAmbiguous: false,
                StatusCode: null,
            },
        };
        return !hasNotLeft || !exchange.EarlierSteps.IsEmpty;
    }

    private RefreshResult TooEarly(FlightRun run, TimeSpan period, TimeSpan wait, RefreshFailure? last)
    {
        var then = last is null or { Reason: RefreshFailureReason.Throttled } ? "" : $" It failed then ({last.Reason}): {last.Message}";
        var failure = new RefreshFailure(
            RefreshFailureReason.Throttled,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The token endpoint of '{run.Key}' is asked at most every {period:c} (Freshness.AtMostEvery), by all processes together, and was asked not long ago. Nothing was sent, and nothing will be before {ClockReading.Now(time).Utc + wait:u}.{then}"))
        {
            RetryAfter = wait,
        };

        // A longer wait has a reason of its own, such as a refresh token whose answer was lost.
        return run.Flight.Slot.Failure is { Hold: not FailureHold.UntilRequestAllowed } known && known.LeftAt(ClockReading.Now(time), time) > wait
            ? results.NotTried(run, failure)
            : results.HeldBack(run, failure, wait, FailureHold.UntilRequestAllowed, run.Flight.Slot.Failure?.Failures ?? 0);
    }
}
