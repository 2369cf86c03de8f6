namespace TokenKit;

/// <summary>Goes on writing what a flight could not, until the store takes it or the next flight takes it over.</summary>
internal sealed class UnsavedWriter(IDefinitionSource definitions, RefreshTelemetry telemetry, TimeProvider time, Randomness randomness)
{
    public async Task RunAsync(TokenSlot slot, CancellationToken stopping)
    {
        for (var attempt = 0; ; attempt++)
        {
            var pause = WriteBackoff.PauseAfter(attempt, definitions.Current.Resilience, randomness);
            await Task.Delay(pause, time, CancellationToken.None).ConfigureAwait(false);

            // Whoever takes it owns it: a flight that came first goes on with it, and leaves it again if it must.
            if (!slot.TryTakeUnsaved(out var record))
            {
                return;
            }

            await record.TryRenewAsync().ConfigureAwait(false);
            var write = await record.TryWriteAsync().ConfigureAwait(false);
            if (write is RecordWrite.InHand && !stopping.IsCancellationRequested)
            {
                slot.LeaveUnsaved(record);
                continue;
            }

            telemetry.UnsavedEnded(slot.Key, write, record.LastError);
            await record.TryReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
            return;
        }
    }
}
