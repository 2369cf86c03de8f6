namespace TokenKit;

/// <summary>Judges an answer that says the grant is no good: it may only say that another instance was quicker.</summary>
internal sealed class RefusedGrant(StoredTokenReading reading, EarlyRefusal earlyRefusal, FlightResults results, TimeProvider time)
{
    /// <summary>A grant is dead only when what is stored is still the refresh token that was sent.</summary>
    public async Task<NextStep> JudgeAsync(HeldRefresh held, RefreshFailure failure)
    {
        var run = held.Run;
        var sent = run.Set?.RefreshToken;

        // What is in hand is newer than anything stored.
        var adopted = held.Record.InHand is null ? await reading.ReadNewsAsync(held).ConfigureAwait(false) : null;
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
                await held.RestartDeadlineAsync().ConfigureAwait(false);
                return again;
            }
        }

        if (earlyRefusal.Judge(run, failure) is { } early)
        {
            return early;
        }

        if (run.Definition is { RequestWhen: RequestWhen.RefreshMissingOrRejected, Request: { } request })
        {
            await held.RestartDeadlineAsync().ConfigureAwait(false);
            return request;
        }

        run.StateToLeave = new RefreshState(GrantStatus.Dead, failure.Reason, default, 1, sent?.Fingerprint());
        return results.Failed(run, failure);
    }

    /// <summary>A code is good once (RFC 6749 section 4.1.2); remembered, so that it is not sent at every start.</summary>
    public async Task<NextStep> JudgeCodeAsync(HeldRefresh held, RefreshFailure failure)
    {
        await held.Record.SaveAsync(new TokenSet { SeedHash = held.SeedHash, ObtainedAt = time.GetUtcNow() }).ConfigureAwait(false);
        return results.Failed(held.Run, failure);
    }
}
