namespace TokenKit;

/// <summary>Takes the lease of a key, waiting while another holder has it.</summary>
internal sealed class LeaseQueue(
    IRefreshLeaseProvider leases, TokenSetStore store, TimeProvider time, Randomness randomness)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Takes the lease. While another holder has it, looks into the store now and then: what that holder obtained serves
    /// as well. Gives up after the time of one lease.
    /// </summary>
    public async Task<TakenLease> TakeAsync(FlightRun run, Func<Task<RefreshResult?>> lookAgain)
    {
        var resilience = run.Definition.Resilience;
        var duration = LeasedRecord.LeaseDurationFor(resilience);
        var start = ClockReading.Now(time);
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            // The holder's own deadline starts before the lease does, so that it ends before it.
            run.Deadline = new Deadline(time, resilience.Timeout);
            var lease = await leases.TryAcquireAsync(run.SecretKey, duration, CancellationToken.None).ConfigureAwait(false);
            if (lease is not null)
            {
                if (lease.IsTakeover)
                {
                    // The former holder may be alive with a new token in hand and a store that failed it: give it the time
                    // of two attempts to write.
                    await Task.Delay(2 * resilience.PersistRetryCap, time, CancellationToken.None).ConfigureAwait(false);
                    run.Deadline = new Deadline(time, resilience.Timeout);
                    await lease.RenewAsync(duration, CancellationToken.None).ConfigureAwait(false);
                }

                return new TakenLease(new LeasedRecord(store, run.SecretKey, lease, resilience, time), null, default);
            }

            if (run.Flight.Slot.TryTakeUnsaved(out var unsaved))
            {
                // The holder was this process: an earlier flight whose token set could not be written.
                return new TakenLease(unsaved, null, default);
            }

            var waited = ClockReading.Now(time).ElapsedSince(start, time);
            if (waited > duration)
            {
                return new TakenLease(null, null, waited);
            }

            await Task.Delay(pause * (0.5 + (0.5 * randomness.NextDouble())), time, CancellationToken.None).ConfigureAwait(false);
            if (await lookAgain().ConfigureAwait(false) is { } adopted)
            {
                return new TakenLease(null, adopted, waited);
            }
        }
    }
}

/// <summary>What came of asking for a lease: it, or a token set that made it needless, or neither in time.</summary>
internal readonly record struct TakenLease(LeasedRecord? Record, RefreshResult? Adopted, TimeSpan Waited);
