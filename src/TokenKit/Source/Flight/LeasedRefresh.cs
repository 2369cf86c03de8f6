using System.Runtime.ExceptionServices;
using TokenKit.Definitions;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>What one flight does, in this order: what is stored, the lease, the first exchange, the exchanges. Source/README.md says why.</summary>
/// <remarks>
/// The order is in the types: only <see cref="HeldRefresh"/> can be exchanged for, and it comes from <see cref="LeaseQueue"/>,
/// which has read the store again under the lease, or from what an earlier flight still has in hand.
/// </remarks>
internal sealed class LeasedRefresh(
    IDefinitionSource definitions, RegistrationRecords records, SubjectParams subjectParams, LeaseQueue leases,
    UnsavedContinuation continuation, StorelessRefresh storeless, FirstExchange firstExchange, ExchangeLoop exchanges, KnownDeadGrant knownDeadGrant, KnownRefusal knownRefusal, RequestLimit requestLimit, FlightResults results,
    PlacementAfterwards placement, RefreshTelemetry telemetry, TimeProvider time)
{
    /// <summary>Runs the flight to the point where its callers can be served.</summary>
    public async ValueTask<FlightEnd> RunAsync(TokenFlight flight)
    {
        var run = new FlightRun(flight, definitions.Current, records, ClockReading.Now(time));
        telemetry.Started(flight);
        try
        {
            var definition = await subjectParams.ResolveAsync(run.Definition, run.Key).ConfigureAwait(false);
            if (!definition.Succeeded)
            {
                return run.End(Unresolved(run, definition.Failure));
            }

            run.Definition = definition.Value;
            return run.End(await RefreshAsync(run).ConfigureAwait(false));
        }
        catch (TokenRingException ring)
        {
            return run.End(results.NotTried(run, new RefreshFailure(RefreshFailureReason.SecretUnavailable, ring.Message)));
        }
        catch (Exception exception)
        {
            // Only the store throws here: what the steps of a refresh end in are results, foreseen or not.
            return run.End(results.Failed(run, StoreFailures.From(run.Key, exception)));
        }
    }

    /// <summary>Fetches what the token of a flight needs before it can go on calls; the lease is given back by now.</summary>
    public ValueTask<FlightEnd> PlaceAsync(FlightRun run, FlightEnd end) => placement.PlaceAsync(run, end);

    /// <summary>Gives the lease back, or leaves what could not be written to be written; then the next flight of the record begins.</summary>
    public async Task FinishAsync(TokenFlight flight, FlightEnd end)
    {
        if (end.Record is { InHand: not null } unsaved)
        {
            records.All.LeaveUnsaved(end.RecordKey, unsaved);
        }
        else if (end.Record is { } record)
        {
            records.All.EndUnsaved(end.RecordKey, record);
            await record.TryReleaseAsync(end.State).ConfigureAwait(false);
        }

        records.All.LeaveLine(end.RecordKey, flight);
        flight.LeaveLine();
    }

    private async ValueTask<RefreshResult> RefreshAsync(FlightRun run)
    {
        if (run.Flight.Order.PlacesOnly
            && run.Flight.Slot.Current is { } current && current.Life.At(ClockReading.Now(time)) is not Freshness.Expired)
        {
            return run.Brought(RefreshOutcome.Adopted, time, current);
        }

        var hold = await HoldAsync(run).ConfigureAwait(false);
        if (!hold.GoesOn)
        {
            return hold.Result;
        }

        var held = hold.Next;
        var first = await firstExchange.ChooseAsync(held).ConfigureAwait(false);
        return first.GoesOn ? await exchanges.RunAsync(held, first.Next).ConfigureAwait(false) : first.Result;
    }

    private RefreshResult Unresolved(FlightRun run, RefreshFailure failure) =>
        run.Flight.Order.PlacesOnly && run.Flight.Slot.Current is { } current
            ? results.NotPlaced(run, current, failure)
            : results.Failed(run, failure);

    private async ValueTask<OrResult<HeldRefresh>> HoldAsync(FlightRun run)
    {
        if (records.All.EnterLine(run.RecordKey, run.Flight) is { } ahead)
        {
            await run.Flight.WaitInLineAsync(ahead).ConfigureAwait(false);
        }

        if (await records.All.TakeUnsavedAsync(run.RecordKey).ConfigureAwait(false) is { } unsaved
            && await continuation.ContinueAsync(run, unsaved).ConfigureAwait(false) is { } continued)
        {
            return continued;
        }

        try
        {
            var hold = await HoldOrSetAsideAsync(run).ConfigureAwait(false);
            telemetry.StoreWorks(run.Flight);
            return hold;
        }
        catch (Exception exception) when (exception is not TokenRingException && storeless.MayGoOn(run))
        {
            return await knownRefusal.InAsync(run).ConfigureAwait(false) is { } refused
                ? results.StillRefused(run, refused)
                : await storeless.HoldAsync(run, exception).ConfigureAwait(false);
        }
    }

    private async ValueTask<OrResult<HeldRefresh>> HoldOrSetAsideAsync(FlightRun run)
    {
        SecretDamagedException damaged;
        try
        {
            return await HoldByStoreAsync(run).ConfigureAwait(false);
        }
        catch (SecretDamagedException exception)
        {
            damaged = exception;
        }

        if (!await storeless.SetAsideAsync(run, damaged).ConfigureAwait(false))
        {
            ExceptionDispatchInfo.Throw(damaged);
        }

        return await HoldByStoreAsync(run).ConfigureAwait(false);
    }

    private async ValueTask<OrResult<HeldRefresh>> HoldByStoreAsync(FlightRun run)
    {
        if (await storeless.ReadAsync(run).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        if (run.Flight.Order.LooksOnly)
        {
            if (run is { Stored: { Record.IsFull: false } stored, Choice: { Standing: RecordStanding.Own, Token: null } })
            {
                run.Flight.Slot.DropMissing(new WriteOrder(stored.WrittenEpoch, stored.WrittenSequence));
            }

            return results.OnlyLooked(run);
        }

        if (knownDeadGrant.In(run) is { } dead)
        {
            return results.Failed(run, dead);
        }

        if (requestLimit.Known(run) is { } early)
        {
            return early;
        }

        if (await knownRefusal.InAsync(run).ConfigureAwait(false) is { } refused)
        {
            return results.StillRefused(run, refused);
        }

        return run.Definition.Secret.Locked || run.Stored is { IsLocked: true }
            ? results.Failed(run, StoreFailures.Locked(run.Key))
            : await leases.TakeAsync(run).ConfigureAwait(false);
    }
}
