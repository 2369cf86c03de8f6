using TokenKit.Refresh.Persist;
using TokenKit.Placement;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Reads what is stored, and takes it over where it is what the flight is for: no request is made then.</summary>
internal sealed class StoredTokenReading(
    TokenSetStore store, ConfiguredSeed configuredSeed, DefinitionWatch watch, FlightResults results, RefreshTelemetry telemetry, TimeProvider time)
{
    private readonly Func<TokenSet, bool> _isOfNow = watch.IsYoungerThanDefinition;

    /// <summary>Reads the store into the run.</summary>
    /// <param name="run">The flight.</param>
    /// <param name="before">The write of the token that was read earlier, so that another one is news; <see langword="null"/> at the first reading.</param>
    /// <returns>The result of a flight that needs no request, or must not make one; else <see langword="null"/>.</returns>
    public async ValueTask<RefreshResult?> ReadAsync(FlightRun run, WriteOrder? before) =>
        await TakeAsync(run, await FetchAsync(run).ConfigureAwait(false), before).ConfigureAwait(false);

    /// <summary>Takes into the run what was read for it, as <see cref="ReadAsync"/> does with what it reads itself.</summary>
    public async ValueTask<RefreshResult?> TakeAsync(FlightRun run, StoredTokenSet? stored, WriteOrder? before)
    {
        await SetAsync(run, stored).ConfigureAwait(false);
        WarnOfYounger(run);
        return TryAdopt(run, before is not null && run.Choice.Token?.Written != before) ?? OtherGrant(run);
    }

    /// <summary>
    /// Begins with what this process knows of the record, where the token that it holds is all there is to know, or as if nothing were
    /// stored, where it holds none: the lease is then asked for at once, and only while that is so.
    /// </summary>
    /// <returns>Whether it does; otherwise the store is read.</returns>
    public async ValueTask<bool> TryBeginWithKnownAsync(FlightRun run)
    {
        var slot = run.Flight.Slot;
        if (run.Flight.Order is { LooksOnly: true } or { PlacesOnly: true }
            || run.Definition is { Freshness.AtMostEvery: not null } or { Secret.Locked: true }
            || !store.IsElsewhere
            || slot.Failure is not null)
        {
            return false;
        }

        if (slot is { Current: null, Known: null })
        {
            await SetAsync(run, null).ConfigureAwait(false);
            return run.IsUnread = true;
        }

        if (slot.Known is not { IsLocked: false } known)
        {
            return false;
        }

        await SetAsync(run, known).ConfigureAwait(false);
        return run.IsUnread = run is { PendingSeed: null, Choice: { Standing: RecordStanding.Own or RecordStanding.DueAtOnce, Token: { } token } }
            && slot.Held is { } held
            && held.Written == token.Written;
    }

    /// <summary>Reads the store again under the lease, when another writer may have been there.</summary>
    /// <returns>The result of a flight that needs no request; else <see langword="null"/>.</returns>
    public async ValueTask<RefreshResult?> ReadNewsAsync(HeldRefresh held)
    {
        var run = held.Run;
        var before = run.Choice.Token?.Written;
        await SetAsync(run, await FetchAsync(run).ConfigureAwait(false)).ConfigureAwait(false);
        held.Record.Know(run.Stored);
        var isNews = run.Choice.Token is { } token && token.Written != before && !held.Record.HasWritten(token.Written);
        return TryAdopt(run, isNews) ?? OtherGrant(run);
    }

    /// <summary>
    /// As <see cref="ReadNewsAsync"/>, before something is sent: where a seed has overtaken the lease, what comes of it can be
    /// written afterwards. <see cref="HeldRefresh.IsOvertaken"/> says that it cannot, since the lease is lost or the store failed.
    /// </summary>
    public async ValueTask<RefreshResult?> ReadToSendAsync(HeldRefresh held)
    {
        RefreshResult? end;
        do
        {
            end = await ReadNewsAsync(held).ConfigureAwait(false);
        }
        while (end is null && held.IsOvertaken && await held.Record.TryOvertakeAsync().ConfigureAwait(false));
        return end;
    }

    /// <summary>Takes what is in hand for what was read.</summary>
    public void TakeInHand(FlightRun run, TokenRecord? record)
    {
        if (record is not null)
        {
            run.Read(
                new StoredTokenSet(record, ClockReading.Now(time), 0, record.Written.Epoch, record.Written.Sequence, IsLocked: false),
                Choose(run, record));
        }
    }

    /// <summary>
    /// Takes over a usable token that another registration of the same record obtained, and that the store does not hold yet.
    /// </summary>
    /// <returns>The result of a flight that needs no request; <see langword="null"/> where the slot has the token already.</returns>
    public RefreshResult? AdoptInHand(FlightRun run, LeasedRecord unsaved)
    {
        if (run.Set is not { AccessToken: not null } set
            || run.Flight.Slot.Current?.IsSameTokenAs(set) is true
            || IsUnwanted(run, set))
        {
            return null;
        }

        return TryPublish(run, set, LifeIn(run, set), unsaved.LastWrite, known: null);
    }

    /// <summary>Takes over the access token of a seed that was just stored: it serves without a request, as one that was found stored.</summary>
    /// <returns>The result of a flight that needs no request; <see langword="null"/> where there is none, calls cannot carry it, or another one is wanted.</returns>
    public RefreshResult? AdoptSeed(FlightRun run, TokenSet seed, WriteOrder written)
    {
        var now = ClockReading.Now(time);
        var life = TokenLife.Of(seed, now, time);

        // No news: who forces a refresh is not served with what somebody put in.
        return seed.AccessToken is not null
            && !IsUnwanted(run, seed)
            && IsWanted(run.Flight.Order, life.At(now), isNews: false)
                ? TryPublish(run, seed, life, written, known: null)
                : null;
    }

    private ValueTask<StoredTokenSet?> FetchAsync(FlightRun run) => store.ReadAsync(run.SecretKey, run.Flight.Place, CancellationToken.None);

    private async ValueTask SetAsync(FlightRun run, StoredTokenSet? stored)
    {
        run.Read(stored, stored is null ? default : Choose(run, stored.Record));
        run.PendingSeed = await configuredSeed.PendingAsync(
            run.Definition, run.Key, run.Choice.Standing is RecordStanding.Nothing ? null : stored?.Set, stored?.Set.SeedHashes ?? [],
            CancellationToken.None).ConfigureAwait(false);
    }

    // A server that keeps former access tokens rejects none because of another. One that ends them needs a grant for each.
    private void WarnOfYounger(FlightRun run)
    {
        if (run.Flight.Order is { Trigger: RefreshTrigger.Rejected, Unwanted: { } rejected }
            && run.Choice is { Standing: RecordStanding.Own, Token: { } own }
            && rejected.IsSameTokenAs(own.Set)
            && run.Stored!.Record.Tokens.Where(token => token.Written.CompareTo(own.Written) > 0).MaxBy(static token => token.Written) is { } younger)
        {
            telemetry.FormerTokenRejected(
                run.Flight, run.SecretKey.Name, younger.Set.Marks.Registration is { Length: > 0 } other ? other : run.Key.Name);
        }
    }

    private TokenChoice Choose(FlightRun run, TokenRecord record) => TokenChoice.From(
        record, run.Marks, run.Definition.Secret.KeepsMany, _isOfNow);

    /// <summary>The end of a flight whose record holds the grant of another client or server; a seed of its own takes its place.</summary>
    public RefreshResult? OtherGrant(FlightRun run) =>
        run.Choice.Standing is RecordStanding.OtherGrant && run.PendingSeed is not { Succeeded: true }
            ? results.Failed(run, StoreFailures.OtherGrant(run.Key, run.Stored!.Set.Marks, run.Marks))
            : null;

    private RefreshResult? TryAdopt(FlightRun run, bool isNews)
    {
        // A changed seed applies: what came of the former one is not handed out any more.
        if (run.PendingSeed is not null
            || run.Choice.Token is not { } token
            || run.Set is not { AccessToken: not null } set
            || IsUnwanted(run, set))
        {
            return null;
        }

        var now = ClockReading.Now(time);
        if (run.Flight.Slot.HoldsNewerThan(token.Written, now))
        {
            // What this process obtained last is still on its way to the store.
            return null;
        }

        var life = LifeIn(run, set);
        if (!IsWanted(run.Flight.Order, life.At(now), isNews))
        {
            return null;
        }

        return TryPublish(run, set, life, token.Written, store.IsElsewhere ? run.Stored : null);
    }

    private TokenLife LifeIn(FlightRun run, TokenSet set)
    {
        var life = run.Stored!.LifeOf(set, time);
        return run.Choice.Standing is RecordStanding.DueAtOnce ? life.DueAtOnce() : life;
    }

    private RefreshResult? TryPublish(FlightRun run, TokenSet set, TokenLife life, WriteOrder written, StoredTokenSet? known)
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
            run.Flight.Slot.Publish(new UsableToken(set, life, placed) { Written = written, Known = known }, run.Flight.Mark));
    }

    private bool IsUnwanted(FlightRun run, TokenSet set) =>
        (run.Flight.Order.Unwanted?.IsSameTokenAs(set) is true && !WasHandedOutAgain(run, set)) || run.Flight.Slot.HasGivenUp(set);

    // Another instance has asked since, and the server gave it the very token: it would give it to this one as well. Told by the
    // lifetime, which is then the rest of it: what each process makes of ages differs, since one may stand still while it reads.
    private bool WasHandedOutAgain(FlightRun run, TokenSet set) =>
        run.Flight.Order is { Trigger: RefreshTrigger.Ahead, Force: false, Unwanted: { } known }
        && run.Stored is not null
        && known.Set.Lifetime - set.Lifetime > TimeSpan.FromSeconds(1)
        && LifeIn(run, set).At(ClockReading.Now(time)) is Freshness.Fresh;

    private static bool IsWanted(FlightOrder order, Freshness freshness, bool isNews) => freshness switch
    {
        Freshness.Fresh => isNews || !order.Force,
        Freshness.Due => order.Trigger is RefreshTrigger.Missing or RefreshTrigger.Expired && !order.Force,
        _ => false,
    };
}
