using TokenKit.Definitions;
using TokenKit.Source.Telemetry;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Judges an ambiguous failure: the refresh token was sent, and nobody knows whether the server rotated it.</summary>
/// <remarks>
/// Inside a known grace the server takes the same refresh token again. Without one, a server that did rotate answers a second
/// use by killing the access token that still works: so not while there is one.
/// </remarks>
internal sealed class LostAnswer(StoredTokenReading reading, FlightResults results, RefreshTelemetry telemetry, TimeProvider time)
{
    public async ValueTask<OrResult<ExchangeDefinition>> JudgeAsync(HeldRefresh held, ExchangeDefinition exchange, RefreshFailure failure)
    {
        if (failure.IsTransient && MayRetryAtOnce(held))
        {
            held.HasRetriedLostAnswer = true;
            if (await held.RestartDeadlineAsync().ConfigureAwait(false))
            {
                telemetry.RotationUncertain(held.Run.Flight, FlightRun.NameOf(held.Run.Set), failure, retriesNow: true);
                return await AgainAsync(held, exchange).ConfigureAwait(false);
            }
        }

        return FailUncertain(held.Run, failure);
    }

    // Meanwhile a former holder may have come back and stored what it had in hand.
    private async ValueTask<OrResult<ExchangeDefinition>> AgainAsync(HeldRefresh held, ExchangeDefinition exchange)
    {
        if (held.Record.InHand is null && await reading.ReadToSendAsync(held).ConfigureAwait(false) is { } adopted)
        {
            return adopted;
        }

        return held.IsOvertaken ? results.Failed(held.Run, RefusedGrant.LeaseLost(held.Run)) : exchange;
    }

    private bool MayRetryAtOnce(HeldRefresh held)
    {
        var run = held.Run;
        var resilience = run.Definition.Resilience;
        if (run.Definition.Freshness.AtMostEvery is not null || held.HasRetriedLostAnswer || held.RequestsSent >= resilience.Attempts)
        {
            return false;
        }

        var now = ClockReading.Now(time);
        return now.ElapsedSince(held.ExchangeStartedAt, time) < resilience.ReuseGrace
            || !run.HasUsableToken(now, time)
            || run.Flight.Slot.Failure?.Hold is FailureHold.UntilLastChance;
    }

    // Keep serving what works, and try once more shortly before it ends.
    private RefreshResult FailUncertain(FlightRun run, RefreshFailure failure)
    {
        telemetry.RotationUncertain(run.Flight, FlightRun.NameOf(run.Set), failure, retriesNow: false);
        var now = ClockReading.Now(time);
        if (!run.HasUsableToken(now, time) || run.Flight.Slot.Failure?.Hold is FailureHold.UntilLastChance)
        {
            return results.Failed(run, failure);
        }

        var left = run.LifeOf(run.Set!, now, time).RemainingAt(now);
        var lead = TimeSpan.FromTicks(Math.Min(left.Ticks / 10, run.Definition.Resilience.Timeout.Ticks));
        return results.Failed(run, failure, left - lead, FailureHold.UntilLastChance);
    }
}
