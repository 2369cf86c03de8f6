using TokenKit.Refresh.Persist;
using TokenKit.Source.Records;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source.Flight;

/// <summary>Goes on with what an earlier flight could not store: this process holds the lease still, and the newest token set.</summary>
/// <remarks>
/// A refresh further ahead of the store is made only when a token is needed, and after the store had another chance. A
/// server's grace reaches back over one rotation: a process that dies one refresh ahead of the store can be followed, one
/// that dies two ahead cannot. Where no refresh token can be lost nothing is waited for.
/// </remarks>
internal sealed class UnsavedContinuation(TokenRecords records, StoredTokenReading reading, StorelessRefresh storeless, FlightResults results, TimeProvider time, Randomness randomness)
{
    /// <returns><see langword="null"/> when all is stored and the lease was lost: the flight begins as any other.</returns>
    public async ValueTask<OrResult<HeldRefresh>?> ContinueAsync(FlightRun run, LeasedRecord unsaved)
    {
        // What is in hand is what the refresh goes on from, whether it can be written now or not.
        reading.TakeInHand(run, unsaved.InHand);
        var held = HeldRefresh.Continuing(run, unsaved, time);
        var start = ClockReading.Now(time);
        for (var attempt = 0; ; attempt++)
        {
            if (await unsaved.TryWriteAsync().ConfigureAwait(false) is not RecordWrite.InHand)
            {
                break;
            }

            var now = ClockReading.Now(time);
            if (reading.OtherGrant(run) is { } other)
            {
                return other;
            }

            if (storeless.MayGoOn(run))
            {
                break;
            }

            if (run.HasUsableToken(now, time))
            {
                return reading.AdoptInHand(run, unsaved) ?? results.Failed(run, NotStoredYet(run, unsaved));
            }

            if (now.ElapsedSince(start, time) > run.Definition.Resilience.PersistBudget)
            {
                break;
            }

            await Task.Delay(WriteBackoff.PauseAfter(attempt, run.Definition.Resilience, randomness), time, CancellationToken.None).ConfigureAwait(false);
        }

        await held.RestartDeadlineAsync().ConfigureAwait(false);
        if (!unsaved.IsLost)
        {
            if (reading.OtherGrant(run) is { } other)
            {
                return other;
            }

            return held;
        }

        if (unsaved.InHand is not null)
        {
            return results.Failed(run, NotStoredYet(run, unsaved));
        }

        records.EndUnsaved(run.RecordKey, unsaved);
        return null;
    }

    private static RefreshFailure NotStoredYet(FlightRun run, LeasedRecord unsaved) => new(
        RefreshFailureReason.StoreUnavailable,
        $"The last token set of '{run.Key}' is not stored yet; it is served from memory, and no other is asked for while it works. Look at the store.")
    {
        Exception = unsaved.LastError,
    };
}
