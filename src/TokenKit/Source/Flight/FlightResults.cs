using TokenKit.Placement;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source.Flight;

/// <summary>Turns the end of a flight into what callers get, what the slot remembers and what the next holder is told.</summary>
internal sealed class FlightResults(TokenRecords records, RefreshTelemetry telemetry, TimeProvider time, Randomness randomness)
{
    public RefreshResult Refreshed(HeldRefresh held, UsableToken token)
    {
        var run = held.Run;
        if (token.Warnings.Length > 0)
        {
            telemetry.Warnings(run.Flight, token.Warnings);
        }

        if (held.Record.InHand is not null)
        {
            telemetry.NotPersisted(run.Flight, held.Record.LastError);
        }

        if (held.Record.HasLeftOut)
        {
            telemetry.NoPlaceForToken(run.Flight, run.SecretKey.Name);
        }

        // A lifetime of nothing serves the callers of this flight and is not kept (expires_in <= 0).
        if (token.Set.Lifetime <= TimeSpan.Zero && token.Set.Lifetime != Timeout.InfiniteTimeSpan)
        {
            return ServedOnce(run, token);
        }

        records.Revive(run.RecordKey);
        var published = run.Flight.Slot.Publish(token with { Written = held.Record.IsShared ? held.Record.LastWrite : default, Known = held.Record.Known }, run.Flight.Mark);
        return run.Brought(RefreshOutcome.Refreshed, time, published);
    }

    /// <summary>
    /// A newer writer was there, and nothing of what it stored serves now: a seed, say. The callers of this flight get the token;
    /// whoever asks next begins with what is stored, and is not given the token that this one has replaced.
    /// </summary>
    public RefreshResult Superseded(FlightRun run, UsableToken token)
    {
        run.Flight.Slot.Forget();
        return ServedOnce(run, token);
    }

    private RefreshResult ServedOnce(FlightRun run, UsableToken token) =>
        run.Brought(RefreshOutcome.Refreshed, time, run.Flight.Slot.ForOneFlight(token, run.Flight.Mark));

    /// <summary>
    /// The token is there and stored, and calls cannot carry it. Its wait is for those who want to place it, and for nobody who
    /// refreshes: the server did nothing wrong.
    /// </summary>
    public RefreshResult NotPlaced(FlightRun run, AccessToken token, RefreshFailure failure)
    {
        var slot = run.Flight.Slot;
        var failures = (slot.PlacementFailure?.Failures ?? 0) + 1;
        slot.RememberPlacement(new FailureMemory(
            failure, ClockReading.Now(time), FailureBackoff.WaitAfter(failure, failures, randomness), failures, run.Flight.CorrelationId));
        return run.Result(RefreshOutcome.Failed, time, token, failure);
    }

    public RefreshResult Failed(FlightRun run, RefreshFailure failure) =>
        Failed(run, failure, FailureBackoff.WaitAfter(failure, FailuresWithThisOne(run), randomness), FailureHold.BackOff);

    /// <summary>A failure whose wait is known, and whom it concerns.</summary>
    public RefreshResult Failed(FlightRun run, RefreshFailure failure, TimeSpan wait, FailureHold hold) =>
        Failed(run, failure, wait, hold, FailuresWithThisOne(run));

    /// <summary>As another instance's failure left it: nothing was tried, and it is none more.</summary>
    public RefreshResult HeldBack(FlightRun run, RefreshFailure failure, TimeSpan wait, FailureHold hold, int failures) =>
        Failed(run, failure, wait, hold, failures);

    /// <summary>Nothing has changed since a server refused what would be sent: the wait goes on.</summary>
    public RefreshResult StillRefused(FlightRun run, FailureMemory known)
    {
        run.Flight.Slot.Remember(known with { LookedAt = ClockReading.Now(time) });
        return run.Result(RefreshOutcome.Failed, time, failure: known.Failure) with { IsLook = true };
    }

    /// <summary>Nothing was tried, for a reason that may be gone the next moment: nobody waits for it.</summary>
    public RefreshResult NotTried(FlightRun run, RefreshFailure failure) => run.Result(RefreshOutcome.Failed, time, failure: failure);

    /// <summary>Nothing newer is stored than what was rejected, and the floor between forced refreshes forbids to ask.</summary>
    public RefreshResult OnlyLooked(FlightRun run)
    {
        var why = new RefreshFailure(
            RefreshFailureReason.RequestRejected,
            $"A refresh of the record of '{run.Key}' was forced a moment ago, and brought nothing newer. Nothing was sent.");
        return NotTried(run, why) with { IsLook = true };
    }

    private RefreshResult Failed(FlightRun run, RefreshFailure failure, TimeSpan wait, FailureHold hold, int failures)
    {
        failure = DoubtfulGrant.Keep(failure, run.Flight.Slot.Failure?.Failure);
        run.Flight.Slot.Remember(
            new FailureMemory(failure, ClockReading.Now(time), wait, failures, run.Flight.CorrelationId)
            {
                Hold = hold,
            });
        if (run.StateToLeave is { Status: GrantStatus.Dead, DeadGrant: { } dead })
        {
            records.RememberDead(run.RecordKey, new DeadGrant(dead, failures));
        }

        if (run.StateToLeave.Status is GrantStatus.Alive)
        {
            run.StateToLeave = new RefreshState { Status = GrantStatus.Alive, Reason = failure.Reason, NotBefore = wait, Failures = failures, DeadGrant = failure.Refusal?.Shared, Tag = RecordTag.IsNeededFor(failure.Reason) ? run.Tag : null };
        }

        return run.Result(RefreshOutcome.Failed, time, failure: failure);
    }

    // Other instances count as well: the wait grows with each attempt of any of them.
    private static int FailuresWithThisOne(FlightRun run) =>
        Math.Max(
            run.Flight.Slot.Failure?.Failures ?? 0,
            run.Record?.Lease.State is { } left && run.IsConcernedBy(left) ? left.Failures : 0) + 1;
}
