using System.Collections.Concurrent;
using TokenKit.Refresh.Persist;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Lets a registration go on whose store is away or damaged, where no refresh token can be lost by it.</summary>
/// <remarks>
/// A token that costs nothing but credentials can be had again. Its calls need not stop because nobody can share it. Not where
/// the definition says in writing that the record holds one access token: each process would end those of the others.
/// </remarks>
internal sealed class StorelessRefresh(
    ISecretStore store, StoredTokenReading reading, TokenRecords records, RefreshTelemetry telemetry, TimeProvider time)
{
    // Once for each record: two programs with different keys would set aside each other's for ever.
    private readonly ConcurrentDictionary<RecordKey, bool> _setAside = new();

    /// <summary>
    /// Whether a flight goes on without the store: nothing of its record could be a refresh token, and its token has run out, or
    /// does so before another flight is certain to come.
    /// </summary>
    public bool MayGoOn(FlightRun run) =>
        !run.Flight.Order.LooksOnly && run.Definition.Secret is { IsOneWritten: false, Locked: false } && MayDoWithout(run) && IsNeeded(run);

    /// <summary>Reads the store, where what this process knows of it will not do.</summary>
    /// <returns>The result of a flight that needs no request, or must not make one; else <see langword="null"/>.</returns>
    public async ValueTask<RefreshResult?> ReadAsync(FlightRun run) =>

        // Who is told of a dead grant is to be told by what is stored.
        records.DeadGrantOf(run.RecordKey) is null && await reading.TryBeginWithKnownAsync(run).ConfigureAwait(false)
            ? null
            : await reading.ReadAsync(run, before: null).ConfigureAwait(false);

    /// <summary>Sets aside what is damaged in the store, where that can hold no refresh token.</summary>
    /// <returns>Whether it was: the flight begins once more then.</returns>
    public async ValueTask<bool> SetAsideAsync(FlightRun run, SecretDamagedException damaged)
    {
        if (store.As<IDamagedRecords>() is not { } damagedRecords
            || run.Definition.Secret.Locked
            || !MayDoWithout(run)
            || !_setAside.TryAdd(run.RecordKey, true)
            || await damagedRecords.SetAsideAsync(run.SecretKey, CancellationToken.None).ConfigureAwait(false) is not { } place)
        {
            return false;
        }

        telemetry.DamagedRecordSetAside(run.Flight, place, damaged);
        return true;
    }

    /// <summary>Holds a lease that nobody shares. What is obtained under it is kept in memory alone.</summary>
    /// <param name="run">The flight.</param>
    /// <param name="trouble">Why the store is not used.</param>
    public async ValueTask<HeldRefresh> HoldAsync(FlightRun run, Exception trouble)
    {
        if (run.Record is { } begun)
        {
            await begun.TryReleaseAsync(RefreshState.Alive).ConfigureAwait(false);
        }

        telemetry.GoingOnUnsaved(run.Flight, trouble);
        run.Read(stored: null, default);
        run.PendingSeed = null;
        var memory = new InMemorySecretStore(time);
        var resilience = run.Definition.Resilience;
        var answer = await memory.TryAcquireAsync(run.SecretKey, new LeaseRequest(LeasedRecord.LeaseDurationFor(resilience)), CancellationToken.None).ConfigureAwait(false);
        var lease = answer.Lease ?? throw new InvalidOperationException("A store that was just made has given its lease away.");
        var record = new LeasedRecord(new TokenSetStore(memory, time), memory, run.SecretKey, lease, resilience, run.Definition.Secret.KeepsMany, time)
        {
            IsShared = false,
        };
        return HeldRefresh.Under(record, new Deadline(time, resilience.Timeout), run, time);
    }

    // Whoever shares the record may keep a grant in it.
    private bool MayDoWithout(FlightRun run) =>
        !run.Definition.MayHoldRefreshToken && records.SharersOf(run.RecordKey).All(static sharer => !sharer.MayHoldRefreshToken);

    private bool IsNeeded(FlightRun run) =>
        run.Flight.Order.Trigger is RefreshTrigger.Rejected or RefreshTrigger.Requested
        || run.Flight.Slot.Current is not { } current
        || current.Life.RemainingAt(ClockReading.Now(time)) <= run.Definition.Resilience.Timeout;
}
