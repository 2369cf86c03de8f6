using TokenKit.Refresh.Persist;
using TokenKit.Placement;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Reads what is stored, and takes it over where it is what the flight is for: no request is made then.</summary>
internal sealed class StoredTokenReading(
    TokenSetStore store, ConfiguredSeed configuredSeed, TimeProvider time)
{
    /// <summary>Reads the store into the run.</summary>
    /// <param name="run">The flight.</param>
    /// <param name="versionBefore">The version read earlier, so that a changed one is news; <see langword="null"/> at the first reading.</param>
    /// <returns>The result of a flight that needs no request; else <see langword="null"/>.</returns>
    public async Task<RefreshResult?> ReadAsync(FlightRun run, long? versionBefore)
    {
        await FetchAsync(run).ConfigureAwait(false);
        var isNews = versionBefore is not null && run.Stored?.Version != versionBefore;
        return TryAdopt(run, isNews);
    }

    /// <summary>Reads the store again under the lease, when another writer may have been there.</summary>
    /// <returns>The result of a flight that needs no request; else <see langword="null"/>.</returns>
    public async Task<RefreshResult?> ReadNewsAsync(HeldRefresh held)
    {
        var versionBefore = held.Run.Stored?.Version ?? 0;
        await FetchAsync(held.Run).ConfigureAwait(false);
        var isNews = held.Run.Stored is { } stored && stored.Version != versionBefore && !held.Record.HasWritten(stored);
        return TryAdopt(held.Run, isNews);
    }

    /// <summary>
    /// Takes over a usable token that another registration of the same record obtained, and that the store does not hold yet.
    /// </summary>
    /// <returns>The result of a flight that needs no request; <see langword="null"/> where the slot has the token already.</returns>
    public RefreshResult? AdoptInHand(FlightRun run, LeasedRecord unsaved)
    {
        if (run.Set is not { AccessToken: not null } set
            || run.Flight.Slot.Current?.IsSameTokenAs(set) is true
            || run.Flight.Order.Unwanted?.IsSameTokenAs(set) is true)
        {
            return null;
        }

        return TryPublish(run, set, TokenLife.Of(set, ClockReading.Now(time), time), unsaved.LastWrite);
    }

    private async Task FetchAsync(FlightRun run)
    {
        run.Stored = await store.ReadAsync(run.SecretKey, run.Flight.Place, CancellationToken.None).ConfigureAwait(false);
        run.PendingSeed = await configuredSeed.PendingAsync(
            run.Definition, run.Key, run.Set, CancellationToken.None).ConfigureAwait(false);
    }

    private RefreshResult? TryAdopt(FlightRun run, bool isNews)
    {
        // A changed seed applies: what came of the former one is not handed out any more.
        if (run.PendingSeed is not null
            || run.Stored?.Set is not { AccessToken: not null } set
            || run.Flight.Order.Unwanted?.IsSameTokenAs(set) is true)
        {
            return null;
        }

        var now = ClockReading.Now(time);
        var written = new WriteOrder(run.Stored.WrittenEpoch, run.Stored.WrittenSequence);
        if (run.Flight.Slot.HoldsNewerThan(written, now))
        {
            // What this process obtained last is still on its way to the store.
            return null;
        }

        var life = run.Stored.Life(time);
        if (!IsWanted(run.Flight.Order, life.At(now), isNews))
        {
            return null;
        }

        return TryPublish(run, set, life, written);
    }

    private RefreshResult? TryPublish(FlightRun run, TokenSet set, TokenLife life, WriteOrder written)
    {
        var placed = TokenPlacement.RenderAtHand(run.Definition, run.Key, set, out var unplaceable);
        if (unplaceable is not null)
        {
            // No call can carry it, so it counts as absent; its refresh token is as good as any.
            run.Unplaceable = set.AccessToken;
            return null;
        }

        return run.Brought(
            RefreshOutcome.Adopted, time,
            run.Flight.Slot.Publish(new UsableToken(set, life, placed) { Written = written }, run.Flight.Mark));
    }

    private static bool IsWanted(FlightOrder order, Freshness freshness, bool isNews) => freshness switch
    {
        Freshness.Fresh => isNews || !order.Force,
        Freshness.Due => order.Trigger is RefreshTrigger.Missing or RefreshTrigger.Expired && !order.Force,
        _ => false,
    };
}
