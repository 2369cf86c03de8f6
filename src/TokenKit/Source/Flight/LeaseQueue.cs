using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Source.Records;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source.Flight;

/// <summary>Takes the lease of a key, waiting while another holder has it, and reads the store again under it.</summary>
internal sealed class LeaseQueue(
    IRefreshLeaseProvider leases, TokenRecords records, TokenSetStore store, StoredTokenReading reading, UnsavedContinuation continuation,
    SharedWait sharedWait, FlightResults results, TimeProvider time, Randomness randomness)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Takes the lease. While another holder has it, looks into the store now and then: what that holder obtained serves
    /// as well, as does what is found stored once the lease is held. Gives up when the lease is refused once more after the
    /// time of one lease: by then a holder that died has lost it.
    /// </summary>
    public async ValueTask<OrResult<HeldRefresh>> TakeAsync(FlightRun run)
    {
        var duration = LeasedRecord.LeaseDurationFor(run.Definition.Resilience);
        var before = run.Choice.Token?.Written ?? default;
        var writtenEpoch = run.Stored?.WrittenEpoch;
        ClockReading? firstRefused = null;
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var asked = ClockReading.Now(time);
            if (await TryTakeAsync(run, duration).ConfigureAwait(false) is { } held)
            {
                var found = await reading.ReadAsync(run, before).ConfigureAwait(false);
                held.Record.Know(run.Stored);
                if (found is null && held.IsOvertaken)
                {
                    found = await reading.ReadToSendAsync(held).ConfigureAwait(false);
                }

                if (found is null && held.IsOvertaken)
                {
                    await held.Record.TryReleaseAsync(held.Record.Lease.State).ConfigureAwait(false);
                    run.Record = null;
                    continue;
                }

                return found ?? DeadGrant(held) ?? await sharedWait.KeepAsync(held).ConfigureAwait(false) ?? (OrResult<HeldRefresh>)held;
            }

            // The holder was this process, perhaps: an earlier flight whose token set could not be written.
            if (await records.TakeUnsavedAsync(run.RecordKey).ConfigureAwait(false) is { } unsaved
                && await continuation.ContinueAsync(run, unsaved).ConfigureAwait(false) is { } continued)
            {
                return continued;
            }

            run.Flight.Progress.Now = "Another instance holds the lease of its record.";
            var waited = asked.ElapsedSince(firstRefused ??= ClockReading.Now(time), time);
            if (waited > duration)
            {
                return results.Failed(run, new RefreshFailure(
                    RefreshFailureReason.StoreUnavailable,
                    $"Another instance has held the lease of '{run.Key}' for {waited.TotalSeconds:F0} s without storing a token."));
            }

            await Task.Delay(pause * (0.5 + (0.5 * randomness.NextDouble())), time, CancellationToken.None).ConfigureAwait(false);
            if (await reading.ReadAsync(run, before).ConfigureAwait(false) is { } adopted)
            {
                return adopted;
            }

            if (run.Stored?.WrittenEpoch != writtenEpoch)
            {
                // Others had their turn meanwhile, for other tokens of the record: whoever holds the lease now has not held it for so long.
                (writtenEpoch, firstRefused) = (run.Stored?.WrittenEpoch, null);
            }
        }
    }

    private async ValueTask<HeldRefresh?> TryTakeAsync(FlightRun run, TimeSpan duration)
    {
        var resilience = run.Definition.Resilience;

        // The holder's own deadline starts before the lease does, so that it ends before it, and not before the wait for a
        // connection. Where the statement is sent again the first time counts, since the lease may have begun then.
        var (deadline, hasBegun) = (new Deadline(time, resilience.Timeout), false);
        var turn = new StoreTurn(
            run.Flight.Place,
            () => (deadline, hasBegun) = (hasBegun ? deadline : new Deadline(time, resilience.Timeout), true));
        var lease = await leases.TryAcquireAsync(run.SecretKey, duration, turn, CancellationToken.None).ConfigureAwait(false);
        if (lease is null)
        {
            return null;
        }

        var record = new LeasedRecord(store, leases, run.SecretKey, lease, resilience, run.Definition.Secret.KeepsMany, time)
        {
            AtMostEvery = run.Definition.Freshness.AtMostEvery,
        };
        if (lease.IsTakeover)
        {
            await Settle.AfterTakeoverAsync(resilience, time).ConfigureAwait(false);
            var settled = new Deadline(time, resilience.Timeout);
            if (await record.TryRenewAsync().ConfigureAwait(false))
            {
                deadline = settled;
            }
            else if (record.IsLost)
            {
                // This process stood still while it settled.
                return null;
            }
        }

        return HeldRefresh.Under(record, deadline, run, time);
    }

    // A grant that the server declared dead costs one request in the whole fleet, until something new is stored.
    private RefreshResult? DeadGrant(HeldRefresh held)
    {
        var run = held.Run;
        if (held.Record.Lease.State is { Status: GrantStatus.Dead, DeadGrant: { } dead } state
            && run.PendingSeed is null
            && run.Grant == dead
            && run.Definition.RequestWhen is not RequestWhen.RefreshMissingOrRejected)
        {
            run.StateToLeave = state;
            return results.Failed(run, KnownDeadGrant.SaidEarlier(run));
        }

        return null;
    }
}
