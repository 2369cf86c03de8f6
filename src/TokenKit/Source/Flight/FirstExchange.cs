using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source.Flight;

/// <summary>Which exchange a held refresh begins with: that of a pending seed, or that of what is stored; none where the seed serves.</summary>
internal sealed class FirstExchange(StoredTokenReading reading, SeededTokens seededTokens, FlightResults results, TimeProvider time)
{
    public async ValueTask<OrResult<ExchangeDefinition>> ChooseAsync(HeldRefresh held)
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

    private async ValueTask<RefreshResult?> BeginWithAsync(HeldRefresh held, PendingSeed seed, bool isAgain = false)
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
        return write switch
        {
            RecordWrite.Saved => reading.AdoptSeed(run, set, held.Record.LastWrite),
            RecordWrite.Superseded when !isAgain => await GoOnWithOtherAsync(held).ConfigureAwait(false),
            _ => results.Failed(run, NotStored(held, write)),
        };
    }

    // A person put in another seed meanwhile. Where that counts the configured one as applied it is what the refresh goes on with.
    private async ValueTask<RefreshResult?> GoOnWithOtherAsync(HeldRefresh held)
    {
        held.SeedHash = null;
        if (await reading.ReadToSendAsync(held).ConfigureAwait(false) is { } end)
        {
            return end;
        }

        return held.IsOvertaken
            ? results.Failed(held.Run, NotStored(held, RecordWrite.Superseded))
            : held.Run.PendingSeed is { Succeeded: true } seed ? await BeginWithAsync(held, seed.Value, isAgain: true).ConfigureAwait(false) : null;
    }

    private static RefreshFailure NotStored(HeldRefresh held, RecordWrite write) =>
        write switch
        {
            RecordWrite.Locked => StoreFailures.Locked(held.Run.Key),
            RecordWrite.Superseded => new RefreshFailure(
                RefreshFailureReason.Superseded,
                $"The token set of '{held.Run.Key}' was stored or removed elsewhere while its seed was being stored; the next attempt begins with what is there then."),
            _ => new RefreshFailure(
                RefreshFailureReason.StoreUnavailable,
                $"The seed of '{held.Run.Key}' could not be stored, and is not used before it is. See the inner exception; it is tried again.")
            {
                Exception = held.Record.LastError,
            },
        };
}
