using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Source.Records;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source.Flight;

/// <summary>Takes the lease of a key, waiting while another holder has it.</summary>
internal sealed class LeaseQueue(
    IRefreshLeaseProvider leases, TokenRecords records, TokenSetStore store, StoredTokenReading reading, UnsavedContinuation continuation,
    SharedWait sharedWait, FlightResults results, TimeProvider time, Randomness randomness)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Takes the lease, as long as nothing else is stored than what the flight has read, and no wait stands against it. What others have
    /// stored meanwhile serves as well. Gives up when the lease is refused once more after the time of one lease: by then a holder that
    /// died has lost it.
    /// </summary>
    public async ValueTask<OrResult<HeldRefresh>> TakeAsync(FlightRun run)
    {
        var duration = LeasedRecord.LeaseDurationFor(run.Definition.Resilience);

        // What was stored when the flight began: what comes after it is news. To whoever has not looked yet nothing is: who forces a refresh
        // gets one, also where another process has obtained a token since this one looked last.
        WriteOrder? before = run.IsUnread ? null : KnownToken(run);

        // Where requests are limited, the wait that was left is weighed under the lease: RequestLimit.
        var overridesWait = run.Definition.Freshness.AtMostEvery is not null;
        var hasReadNews = false;
        ClockReading? firstRefused = null;
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var asked = ClockReading.Now(time);
            var attempt = await TryTakeAsync(run, duration, overridesWait).ConfigureAwait(false);
            if (attempt.Answer.Outcome is not LeaseOutcome.Changed)
            {
                before ??= KnownToken(run);
            }

            if (attempt.Held is { } held)
            {
                if (await SettledAsync(held, before!.Value).ConfigureAwait(false) is { } end)
                {
                    return end;
                }

                continue;
            }

            var refused = attempt.Answer;
            if (refused is { Outcome: LeaseOutcome.Waiting, State: { } state })
            {
                if (await sharedWait.KeepAsync(run, state, refused.LastEpoch).ConfigureAwait(false) is { } kept)
                {
                    return kept;
                }

                overridesWait = true;
                continue;
            }

            if (refused.Outcome is LeaseOutcome.Changed)
            {
                if (await AdoptAsync(run, attempt.News, before).ConfigureAwait(false) is { } adopted)
                {
                    return adopted;
                }

                before ??= KnownToken(run);

                // Others had their turn meanwhile, for other tokens of the record: whoever holds the lease now has not held it for so long.
                firstRefused = null;
                if (!hasReadNews)
                {
                    hasReadNews = true;
                    continue;
                }
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
        }
    }

    private async ValueTask<RefreshResult?> AdoptAsync(FlightRun run, StoredTokenSet? news, WriteOrder? before) =>
        await reading.TakeAsync(run, news, before).ConfigureAwait(false)
            ?? (run.Stored is { IsLocked: true } ? results.Failed(run, StoreFailures.Locked(run.Key)) : null);

    /// <returns>The refresh that may begin, or its end; <see langword="null"/> where the lease was lost or a seed has overtaken it.</returns>
    private async ValueTask<OrResult<HeldRefresh>?> SettledAsync(HeldRefresh held, WriteOrder before)
    {
        var run = held.Run;
        if (held.Record.Lease.IsTakeover)
        {
            var resilience = run.Definition.Resilience;
            await Settle.AfterTakeoverAsync(resilience, time).ConfigureAwait(false);
            var settled = new Deadline(time, resilience.Timeout);
            var (isHeld, hasRead, stored) = await held.Record.TryRenewAndReadAsync().ConfigureAwait(false);
            if (held.Record.IsLost)
            {
                // This process stood still while it settled.
                run.Record = null;
                return null;
            }

            if (isHeld)
            {
                held.Deadline = settled;
            }

            // The former holder may have written meanwhile.
            var found = hasRead
                ? await reading.TakeAsync(run, stored, before).ConfigureAwait(false)
                : await reading.ReadAsync(run, before).ConfigureAwait(false);
            if (found is not null)
            {
                return found;
            }
        }

        held.Record.Know(run.Stored);
        if (held.IsOvertaken)
        {
            if (await reading.ReadToSendAsync(held).ConfigureAwait(false) is { } found)
            {
                return found;
            }

            if (held.IsOvertaken)
            {
                await held.Record.TryReleaseAsync(held.Record.Lease.State).ConfigureAwait(false);
                run.Record = null;
                return null;
            }
        }

        return DeadGrant(held) ?? (OrResult<HeldRefresh>)held;
    }

    private async ValueTask<(HeldRefresh? Held, LeaseAnswer Answer, StoredTokenSet? News)> TryTakeAsync(FlightRun run, TimeSpan duration, bool overridesWait)
    {
        var resilience = run.Definition.Resilience;

        // The holder's own deadline starts before the lease does, so that it ends before it, and not before the wait for a
        // connection. Where the statement is sent again the first time counts, since the lease may have begun then.
        var (deadline, hasBegun) = (new Deadline(time, resilience.Timeout), false);
        var turn = new StoreTurn(
            run.Flight.Place,
            () => (deadline, hasBegun) = (hasBegun ? deadline : new Deadline(time, resilience.Timeout), true));
        var request = new LeaseRequest(duration) { KnownVersion = run.Stored?.Version ?? 0, OverridesWait = overridesWait };
        var (answer, news) = await store.TryAcquireAsync(leases, run.SecretKey, request, turn, CancellationToken.None).ConfigureAwait(false);
        if (answer.Lease is not { } lease)
        {
            return (null, answer, news);
        }

        var record = new LeasedRecord(store, leases, run.SecretKey, lease, resilience, run.Definition.Secret.KeepsMany, time)
        {
            AtMostEvery = run.Definition.Freshness.AtMostEvery,
        };
        return (HeldRefresh.Under(record, deadline, run, time), answer, null);
    }

    private static WriteOrder KnownToken(FlightRun run) => run.Choice.Token?.Written ?? default;

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
