using System.Collections.Immutable;

namespace TokenKit;

/// <summary>
/// What one flight does: reads the store, takes the lease, reads again, runs the pipeline, and asks of every failure
/// whether another instance or a lost answer explains it.
/// </summary>
internal sealed class LeasedRefresh(
    IDefinitionSource definitions,
    SecretKeys keys,
    TokenSetStore store,
    LeaseQueue leases,
    ConfiguredSeed configuredSeed,
    RefreshPipeline pipeline,
    TokenPlacing placing,
    RefreshTelemetry telemetry,
    TimeProvider time,
    Randomness randomness)
{
    /// <summary>Runs the flight to the point where its callers can be served.</summary>
    public async Task<FlightEnd> RunAsync(TokenFlight flight)
    {
        var run = new FlightRun(flight, definitions.Current, keys, ClockReading.Now(time));
        telemetry.Started(flight);
        try
        {
            var result = await RefreshAsync(run).ConfigureAwait(false);
            return new FlightEnd(result, run.StateToLeave, run.Record);
        }
        catch (Exception exception)
        {
            // Past this point only the store throws: requests and answers are results.
            return new FlightEnd(Fail(run, StoreFailures.From(run.Key, exception)), run.StateToLeave, run.Record);
        }
    }

    /// <summary>Gives the lease back, or leaves what could not be written to be written.</summary>
    public static async Task FinishAsync(TokenFlight flight, FlightEnd end)
    {
        if (end.Record is not { } record)
        {
            return;
        }

        if (record.InHand is not null)
        {
            flight.Slot.LeaveUnsaved(record);
            return;
        }

        await record.TryReleaseAsync(end.State).ConfigureAwait(false);
    }

    private async Task<RefreshResult> RefreshAsync(FlightRun run)
    {
        if (run.Flight.Slot.TryTakeUnsaved(out var unsaved))
        {
            // This process holds the lease still, and the newest token set with it.
            run.Continue(unsaved);
            await unsaved.TryWriteAsync().ConfigureAwait(false);
        }
        else if (await ReadAsync(run, versionBefore: null).ConfigureAwait(false) is { } known)
        {
            return known;
        }
        else if (run.Definition.Secret.Locked || run.Stored is { IsLocked: true })
        {
            return Fail(run, StoreFailures.Locked(run.Key));
        }
        else if (await LeaseAsync(run).ConfigureAwait(false) is { } early)
        {
            return early;
        }

        return await ApplySeedAsync(run).ConfigureAwait(false) is { } failure
            ? Fail(run, failure)
            : await ExchangeAsync(run).ConfigureAwait(false);
    }

    // Takes the lease and reads again: what another holder stored meanwhile is adopted without a request.
    private async Task<RefreshResult?> LeaseAsync(FlightRun run)
    {
        var before = run.Stored?.Version ?? 0;
        var taken = await leases.TakeAsync(run, () => ReadAsync(run, before)).ConfigureAwait(false);
        if (taken.Adopted is { } adopted)
        {
            return adopted;
        }

        if (taken.Record is not { } record)
        {
            return Fail(run, new RefreshFailure(
                RefreshFailureReason.StoreUnavailable,
                $"Another instance has held the lease of '{run.Key}' for {taken.Waited.TotalSeconds:F0} s without storing a token."));
        }

        if (record.InHand is not null)
        {
            run.Continue(record);
            return null;
        }

        run.Record = record;
        return await ReadAsync(run, before).ConfigureAwait(false) ?? DeadGrant(run);
    }

    private async Task<RefreshResult?> ReadAsync(FlightRun run, long? versionBefore)
    {
        run.Stored = await store.ReadAsync(run.SecretKey, CancellationToken.None).ConfigureAwait(false);
        run.PendingSeed = await configuredSeed.PendingAsync(
            run.Definition, run.Key, run.Set, CancellationToken.None).ConfigureAwait(false);
        var isNews = versionBefore is not null && run.Stored?.Version != versionBefore;
        return await TryAdoptAsync(run, run.Stored, isNews).ConfigureAwait(false);
    }

    // A grant that the server declared dead costs one request in the whole fleet, until something new is stored.
    private RefreshResult? DeadGrant(FlightRun run)
    {
        if (run.Record?.Lease.State is { Status: GrantStatus.Dead, DeadGrant: { } dead }
            && run.Set?.RefreshToken?.Fingerprint() == dead
            && run.Definition.RequestWhen is not RequestWhen.RefreshMissingOrRejected)
        {
            run.StateToLeave = run.Record.Lease.State;
            return Fail(run, Reauthorization(run.Key));
        }

        return null;
    }

    private async Task<RefreshFailure?> ApplySeedAsync(FlightRun run)
    {
        if (run.PendingSeed is not { } seed)
        {
            return null;
        }

        if (!seed.Succeeded)
        {
            return run.Definition.Request is null ? seed.Failure : null;
        }

        run.SeedHash = seed.Value.Hash;
        if (seed.Value.RefreshToken is { } refreshToken)
        {
            // Stored before it is used: a seed that the server refuses is then known to have been tried.
            var set = new TokenSet { RefreshToken = refreshToken, ObtainedAt = time.GetUtcNow(), SeedHash = run.SeedHash };
            run.Set = set;
            await run.Record!.SaveAsync(set).ConfigureAwait(false);
        }
        else
        {
            run.Set = null;
            run.RedeemsCode = true;
        }

        return null;
    }

    private async Task<RefreshResult> ExchangeAsync(FlightRun run)
    {
        var retriedAmbiguous = false;
        var retriedWithWinner = false;
        var exchange = run.RedeemsCode ? run.Definition.Seed!.CodeExchange : ExchangeChoice.For(run.Definition, run.Set);
        while (exchange is not null)
        {
            var outcome = await pipeline.RunAsync(run.ContextFor(exchange, time)).ConfigureAwait(false);
            run.Steps = run.Steps.AddRange(outcome.Steps);
            if (outcome.Salvaged is { } salvaged)
            {
                run.Set = salvaged;
            }

            if (outcome.Succeeded)
            {
                return Succeed(run, outcome.Token);
            }

            var failure = outcome.Failure;
            run.RequestsSent = outcome.RequestsSent;
            switch (failure.Reason)
            {
                case RefreshFailureReason.Superseded:
                    run.Stored = await run.Record!.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                    return await TryAdoptAsync(run, run.Stored, isNews: true).ConfigureAwait(false) ?? ServeOnce(run, outcome.Token!);

                case RefreshFailureReason.ReauthorizationRequired when run.RedeemsCode:
                    // A code is good once (RFC 6749 section 4.1.2); remembered, so that it is not sent at every start.
                    await run.Record!.SaveAsync(new TokenSet { SeedHash = run.SeedHash, ObtainedAt = time.GetUtcNow() }).ConfigureAwait(false);
                    return Fail(run, failure);

                case RefreshFailureReason.ReauthorizationRequired when exchange.SendsStoredToken:
                    var sent = run.Set?.RefreshToken;
                    if (run.Record!.InHand is null)
                    {
                        run.Stored = await run.Record.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                    }

                    if (!Equals(run.Set?.RefreshToken, sent))
                    {
                        // Another instance won; the refresh token that was sent was rotated, not revoked.
                        if (await TryAdoptAsync(run, run.Stored, isNews: true).ConfigureAwait(false) is { } adopted)
                        {
                            return adopted;
                        }

                        if (!retriedWithWinner)
                        {
                            retriedWithWinner = true;
                            exchange = ExchangeChoice.For(run.Definition, run.Set);
                            await RestartDeadlineAsync(run).ConfigureAwait(false);
                            continue;
                        }
                    }

                    if (run.Definition is { RequestWhen: RequestWhen.RefreshMissingOrRejected, Request: { } request })
                    {
                        exchange = request;
                        await RestartDeadlineAsync(run).ConfigureAwait(false);
                        continue;
                    }

                    run.StateToLeave = new RefreshState(
                        GrantStatus.Dead, failure.Reason, default, 1, sent?.Fingerprint());
                    return Fail(run, failure);

                case var _ when failure.IsAmbiguous && exchange.SendsStoredToken && run.RequestsSent < run.Definition.Resilience.Attempts:
                    if (!retriedAmbiguous && MayRetryAmbiguous(run))
                    {
                        retriedAmbiguous = true;
                        telemetry.RotationUncertain(run.Flight, failure, retriesNow: true);
                        if (await RestartDeadlineAsync(run).ConfigureAwait(false))
                        {
                            continue;
                        }
                    }

                    return FailUncertain(run, failure);

                default:
                    return Fail(run, failure);
            }
        }

        return Fail(run, new RefreshFailure(
            RefreshFailureReason.ReauthorizationRequired,
            $"Nothing is stored to refresh '{run.Key}' with. Put in a refresh token that a person obtained: ITokenSource.SeedAsync, or Seed in the configuration."));
    }

    // DESIGN section 6. Inside a known grace the server takes the same refresh token again. Without one, a server that
    // did rotate answers a second use by killing the access token that still works: so not while there is one.
    private bool MayRetryAmbiguous(FlightRun run)
    {
        var now = ClockReading.Now(time);
        var isInsideGrace = now.ElapsedSince(run.ExchangeStartedAt, time) < run.Definition.Resilience.ReuseGrace;
        return isInsideGrace || !HasUsableToken(run, now) || run.Flight.Slot.Failure?.IsLastChance is true;
    }

    private bool HasUsableToken(FlightRun run, ClockReading now) =>
        run.Set is { AccessToken: not null } set
        && TokenLife.Of(set, now, time).At(now) is not Freshness.Expired
        && run.Flight.Order.Trigger is not RefreshTrigger.Rejected;

    private async Task<bool> RestartDeadlineAsync(FlightRun run)
    {
        run.Deadline = new Deadline(time, run.Definition.Resilience.Timeout);
        return await run.Record!.TryRenewAsync().ConfigureAwait(false);
    }

    private async ValueTask<RefreshResult?> TryAdoptAsync(FlightRun run, StoredTokenSet? stored, bool isNews)
    {
        // A changed seed applies: what came of the former one is not handed out any more.
        if (run.PendingSeed is not null || stored?.Set is not { AccessToken: not null } set || run.Flight.Order.Unwanted?.IsSameTokenAs(set) is true)
        {
            return null;
        }

        var now = ClockReading.Now(time);
        var life = TokenLife.Of(set, now, time);
        var isWanted = life.At(now) switch
        {
            Freshness.Fresh => isNews || !run.Flight.Order.Force,
            Freshness.Due => run.Flight.Order.Trigger is RefreshTrigger.Missing or RefreshTrigger.Expired && !run.Flight.Order.Force,
            _ => false,
        };
        if (!isWanted)
        {
            return null;
        }

        var placed = await placing.PlaceAsync(run.Definition, run.Key, set).ConfigureAwait(false);
        if (!placed.Succeeded)
        {
            return null;
        }

        var token = run.Flight.Slot.Publish(new UsableToken(set, life, placed.Value), run.Flight.CorrelationId);
        return run.Result(RefreshOutcome.Adopted, time, token);
    }

    private RefreshResult Succeed(FlightRun run, UsableToken token)
    {
        if (token.Warnings.Length > 0)
        {
            telemetry.Warnings(run.Flight, token.Warnings);
        }

        if (run.Record!.InHand is not null)
        {
            telemetry.NotPersisted(run.Flight, run.Record.LastError);
        }

        // A lifetime of nothing serves the callers of this flight and is not kept (expires_in <= 0).
        if (token.Set.Lifetime <= TimeSpan.Zero && token.Set.Lifetime != Timeout.InfiniteTimeSpan)
        {
            return ServeOnce(run, token);
        }

        return run.Result(RefreshOutcome.Refreshed, time, run.Flight.Slot.Publish(token, run.Flight.CorrelationId));
    }

    private RefreshResult ServeOnce(FlightRun run, UsableToken token) =>
        run.Result(RefreshOutcome.Refreshed, time, run.Flight.Slot.ForOneFlight(token, run.Flight.CorrelationId));

    private RefreshResult Fail(FlightRun run, RefreshFailure failure)
    {
        var failures = (run.Flight.Slot.Failure?.Failures ?? 0) + 1;
        var wait = FailureBackoff.WaitAfter(failure, failures, randomness);
        return Remember(run, failure, failures, wait, isLastChance: false);
    }

    // Keep serving what works, and try once more shortly before it ends.
    private RefreshResult FailUncertain(FlightRun run, RefreshFailure failure)
    {
        telemetry.RotationUncertain(run.Flight, failure, retriesNow: false);
        var now = ClockReading.Now(time);
        if (!HasUsableToken(run, now) || run.Flight.Slot.Failure?.IsLastChance is true)
        {
            return Fail(run, failure);
        }

        var left = TokenLife.Of(run.Set!, now, time).RemainingAt(now);
        var lead = TimeSpan.FromTicks(Math.Min(left.Ticks / 10, run.Definition.Resilience.Timeout.Ticks));
        return Remember(run, failure, (run.Flight.Slot.Failure?.Failures ?? 0) + 1, left - lead, isLastChance: true);
    }

    private RefreshResult Remember(FlightRun run, RefreshFailure failure, int failures, TimeSpan wait, bool isLastChance)
    {
        run.Flight.Slot.Remember(
            new FailureMemory(failure, ClockReading.Now(time), wait, failures, run.Flight.CorrelationId) { IsLastChance = isLastChance });
        if (run.StateToLeave.Status is GrantStatus.Alive)
        {
            run.StateToLeave = new RefreshState(GrantStatus.Alive, failure.Reason, wait, failures);
        }

        return run.Result(RefreshOutcome.Failed, time, failure: failure);
    }

    private static RefreshFailure Reauthorization(TokenKey key) => new(
        RefreshFailureReason.ReauthorizationRequired,
        $"The server said earlier that the refresh token of '{key}' is no good; nothing is sent until a new one is stored. " +
        "Have a person consent again and seed it: ITokenSource.SeedAsync.");
}
