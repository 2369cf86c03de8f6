using TokenKit.Definitions;

namespace TokenKit.Source.Flight;

/// <summary>Judges an answer that says the grant is no good: it may only say that another instance was quicker.</summary>
internal sealed class RefusedGrant(StoredTokenReading reading, EarlyRefusal earlyRefusal, FlightResults results, TimeProvider time)
{
    /// <summary>A grant is dead only when what is stored is still the refresh token that was sent.</summary>
    public async ValueTask<OrResult<ExchangeDefinition>> JudgeAsync(HeldRefresh held, RefreshFailure failure)
    {
        var run = held.Run;
        var (sent, grant) = (run.Set?.RefreshToken, run.Grant);

        var adopted = await LookAgainAsync(held).ConfigureAwait(false);
        if (held.Record.Lease.IsTakeover && adopted is null && Equals(run.Set?.RefreshToken, sent))
        {
            // The former holder may have been quicker and not have stored it yet.
            await Settle.AfterTakeoverAsync(run.Definition.Resilience, time).ConfigureAwait(false);
            adopted = await LookAgainAsync(held).ConfigureAwait(false);
        }

        if (!Equals(run.Set?.RefreshToken, sent))
        {
            // Another instance won; the refresh token that was sent was rotated, not revoked.
            if (adopted is not null)
            {
                return adopted;
            }

            if (!held.HasTriedWinner && ExchangeChoice.For(run.Definition, run.Set) is { } again)
            {
                held.HasTriedWinner = true;
                return !held.IsOvertaken && await held.RestartDeadlineAsync().ConfigureAwait(false) ? again : results.Failed(run, LeaseLost(run));
            }
        }

        if (earlyRefusal.Judge(run, failure) is { } early)
        {
            return early;
        }

        if (run.Definition is { RequestWhen: RequestWhen.RefreshMissingOrRejected, Request: { } request })
        {
            // Whoever has the lease by now may be logging in with the same account.
            return await held.RestartDeadlineAsync().ConfigureAwait(false) || !held.Record.IsLost ? request : results.Failed(run, LeaseLost(run));
        }

        run.StateToLeave = new RefreshState { Status = GrantStatus.Dead, Reason = failure.Reason, Failures = 1, DeadGrant = grant };
        return results.Failed(run, held.Record.Lease.IsTakeover ? ProbablyLost(run, held.Record.Lease.Epoch, failure) : failure);
    }

    /// <summary>A code is good once (RFC 6749 section 4.1.2); remembered, so that it is not sent at every start.</summary>
    public async ValueTask<OrResult<ExchangeDefinition>> JudgeCodeAsync(HeldRefresh held, RefreshFailure failure)
    {
        await held.Record.RememberSeedAsync(new TokenSet { Marks = held.Run.Marks, ObtainedAt = time.GetUtcNow() }, held.SeedHash!).ConfigureAwait(false);
        return results.Failed(held.Run, failure);
    }

    /// <summary>The end of a flight that must not send any more, since it could not write what came of it.</summary>
    public static RefreshFailure LeaseLost(FlightRun run) => new(
        RefreshFailureReason.Superseded,
        $"The lease of '{run.Key}' was lost while its {FlightRun.NameOf(run.Set)} was being looked at again; nothing more was sent. The next attempt begins with what is stored then.");

    // What is in hand is newer than anything stored.
    private async ValueTask<RefreshResult?> LookAgainAsync(HeldRefresh held) =>
        held.Record.InHand is null ? await reading.ReadToSendAsync(held).ConfigureAwait(false) : null;

    private static RefreshFailure ProbablyLost(FlightRun run, long epoch, RefreshFailure failure) => failure.Saying(
        $"The {FlightRun.NameOf(run.Set)} of '{run.Key}' was refused right after the lease of an instance that had not given it back was taken over, at epoch {epoch}. " +
        $"It was probably not revoked: that instance used it and ended before it could store the new one. {FlightRun.CureFor(run.Set)} " +
        "If the server can accept a rotated one for a while, switch that on and set Resilience.ReuseGrace.");
}
