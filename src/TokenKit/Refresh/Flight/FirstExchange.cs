namespace TokenKit;

/// <summary>Which exchange a held refresh begins with: that of a pending seed, or that of what is stored.</summary>
internal sealed class FirstExchange(TimeProvider time)
{
    public async Task<StepResult<ExchangeDefinition>> ChooseAsync(HeldRefresh held)
    {
        var run = held.Run;
        if (run.PendingSeed is { Succeeded: true } seed)
        {
            await BeginWithAsync(held, seed.Value).ConfigureAwait(false);
        }
        else if (run.PendingSeed is { Failure: { } failure } && run.Definition.Request is null)
        {
            return failure;
        }

        var exchange = held.RedeemsCode ? run.Definition.Seed!.CodeExchange : ExchangeChoice.For(run.Definition, run.Set);
        return exchange is not null
            ? exchange
            : new RefreshFailure(
                RefreshFailureReason.ReauthorizationRequired,
                $"Nothing is stored to refresh '{run.Key}' with. Put in a refresh token that a person obtained: ITokenSource.SeedAsync, or Seed in the configuration.");
    }

    private async Task BeginWithAsync(HeldRefresh held, PendingSeed seed)
    {
        held.SeedHash = seed.Hash;
        if (seed.RefreshToken is not { } refreshToken)
        {
            held.Run.Set = null;
            held.RedeemsCode = true;
            return;
        }

        // Stored before it is used: a seed that the server refuses is then known to have been tried.
        var set = new TokenSet { RefreshToken = refreshToken, ObtainedAt = time.GetUtcNow(), SeedHash = seed.Hash };
        held.Run.Set = set;
        await held.Record.SaveAsync(set).ConfigureAwait(false);
    }
}
