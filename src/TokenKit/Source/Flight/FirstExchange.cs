using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Which exchange a held refresh begins with: that of a pending seed, or that of what is stored; none where the seed serves.</summary>
internal sealed class FirstExchange(StoredTokenReading reading, SeededTokens seededTokens, FlightResults results, TimeProvider time)
{
    public async Task<OrResult<ExchangeDefinition>> ChooseAsync(HeldRefresh held)
    {
        var run = held.Run;
        if (run.PendingSeed is { Succeeded: true } seed)
        {
            if (await BeginWithAsync(held, seed.Value).ConfigureAwait(false) is { } end)
            {
                return end;
            }
        }
        else if (run.PendingSeed is { Failure: { } failure } && run.Definition.Request is null)
        {
            return results.Failed(run, failure);
        }

        var exchange = held.RedeemsCode ? run.Definition.Seed!.CodeExchange : ExchangeChoice.For(run.Definition, run.Set);
        return exchange is not null
            ? exchange
            : results.Failed(run, new RefreshFailure(
                RefreshFailureReason.ReauthorizationRequired,
                $"Nothing is stored to refresh '{run.Key}' with. Put in a refresh token that a person obtained: ITokenSource.SeedAsync, or Seed in the configuration."));
    }

    private async Task<RefreshResult?> BeginWithAsync(HeldRefresh held, PendingSeed seed)
    {
        held.SeedHash = seed.Hash;
        var run = held.Run;
        if (seed.IsCode)
        {
            run.Set = null;
            held.RedeemsCode = true;
            return null;
        }

        // Stored before it is used: a seed that the server refuses is then known to have been tried. Without that nothing is
        // sent, and nothing is left to be written later: it might land on what another holder made of the same seed.
        var set = seededTokens.Make(run.Definition, run.Marks, seed.RefreshToken, seed.AccessToken, run.Definition.Seed!.Lifetime, time.GetUtcNow()) with { SeedHashes = [seed.Hash] };
        run.Set = set;
        var write = await held.Record.SaveSeedAsync(set, seed.Hash).ConfigureAwait(false);
        return write is RecordWrite.Saved
            ? reading.AdoptSeed(run, set, held.Record.LastWrite)
            : results.Failed(run, NotStored(held, write));
    }

    private static RefreshFailure NotStored(HeldRefresh held, RecordWrite write) =>
        write switch
        {
            RecordWrite.Locked => StoreFailures.Locked(held.Run.Key),
            RecordWrite.Superseded => new RefreshFailure(
                RefreshFailureReason.Superseded,
                $"Another instance stored a token set of '{held.Run.Key}' while its seed was being stored; the next attempt begins with that."),
            _ => new RefreshFailure(
                RefreshFailureReason.StoreUnavailable,
                $"The seed of '{held.Run.Key}' could not be stored, and is not used before it is. See the inner exception; it is tried again.")
            {
                Exception = held.Record.LastError,
            },
        };
}
