using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Source.Flight;

/// <summary>Goes on writing what a flight could not, until the store takes it or the next flight takes it over.</summary>
internal sealed class UnsavedWriter(
    IDefinitionSource definitions, TokenRecords records, RefreshTelemetry telemetry, TimeProvider time, Randomness randomness,
    TaskCreationOptions completionOptions)
{
    /// <summary>How long it goes on after the program began to end.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    /// <param name="key">Whose token it is, for the log.</param>
    /// <param name="place">Where it belongs.</param>
    /// <param name="stopping">That the program ends.</param>
    public async Task RunAsync(TokenKey key, RecordKey place, CancellationToken stopping)
    {
        Deadline? drain = null;
        for (var attempt = 0; ; attempt++)
        {
            var pause = WriteBackoff.PauseAfter(attempt, definitions.Current.Resilience, randomness);

            // The end of the program ends one pause: the next attempt comes at once, and after it there are only so many.
            await PauseAsync(pause, drain is null ? stopping : CancellationToken.None).ConfigureAwait(false);
            if (stopping.IsCancellationRequested)
            {
                drain ??= new Deadline(time, DrainTime);
            }

            // Whoever takes it owns it: a flight that came first goes on with it, and leaves it again if it must.
            var writing = new Broadcast<LeasedRecord>(completionOptions);
            if (!records.TryTakeUnsaved(place, writing, out var record))
            {
                return;
            }

            try
            {
                if (await TryAsync(key, place, record, isLast: drain is { HasPassed: true }).ConfigureAwait(false))
                {
                    return;
                }
            }
            finally
            {
                records.EndWriting(place, writing, record);
            }
        }
    }

    private async ValueTask<bool> TryAsync(TokenKey key, RecordKey place, LeasedRecord record, bool isLast)
    {
        await record.TryRenewAsync().ConfigureAwait(false);
        var write = await record.TryWriteAsync().ConfigureAwait(false);
        if (write is RecordWrite.InHand && !isLast)
        {
            records.LeaveUnsaved(place, record);
            return false;
        }

        records.EndUnsaved(place, record);
        telemetry.UnsavedEnded(key, write, record.LastError);
        await record.TryReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        return true;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, time, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Only the pause ends.
        }
    }
}
