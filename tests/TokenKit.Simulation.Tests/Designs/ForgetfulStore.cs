using System.Collections.Immutable;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Simulation.Tests;

/// <summary>Reads what is stored without a part of what tells by which definition it was obtained, as if nobody had written that.</summary>
internal sealed class ForgetfulStore(World world, Machine machine, SharedStore shared, Design design) : SimulatedStore(world, machine, shared)
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(1);

    private readonly World _world = world;

    protected override SecretEntry AsSeen(SecretKey key, SecretEntry entry)
    {
        var now = ClockReading.Now(_world.Time);
        var record = TokenSetCodec.Decode(entry, now, key);
        record = new TokenRecord(Without(record.Last), record.Written, [.. record.Beside.Select(token => token with { Set = Without(token.Set) })]);
        return entry with { Value = TokenSetCodec.Encode(record, now), Age = TimeSpan.Zero };
    }

    private TokenSet Without(TokenSet set) => design switch
    {
        Design.LastSeedOnly => set with { SeedHashes = [.. set.SeedHashes.Take(1)] },
        Design.OlderTokens => set with { ObtainedAt = set.ObtainedAt - LongAgo, Lifetime = set.Lifetime + LongAgo, RefreshAfter = set.RefreshAfter + LongAgo },
        _ => set with
        {
            Marks = new TokenMarks
            {
                Grant = design is Design.NoGrantMark ? default : set.Marks.Grant,
                Token = set.Marks.Token,
                Target = design is Design.NoTargetMark ? default : set.Marks.Target,
                Registration = set.Marks.Registration,
            },
        },
    };
}
