using System.Runtime.CompilerServices;
using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Scheduling;

/// <summary>One registration as the scheduler sees it: what it says about freshness, its flights, what is stored.</summary>
internal sealed class ScheduledTokens(TokenComposition tokens, TimeProvider time, Randomness randomness)
{
    private static readonly TimeSpan ShortestRound = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    private readonly ISecretCatalog? _catalog = tokens.Store.As<ISecretCatalog>();
    private readonly ulong _process = BitConverter.ToUInt64(randomness.NextGuid().ToByteArray());

    public ITokenSource Source => tokens.Source;

    public TokenFlights Flights => tokens.Flights;

    public TokenFreshnessOptions Freshness => tokens.Definitions.Current.Freshness;

    /// <summary>Whether the store can say which subjects it holds, so that they need not be remembered.</summary>
    public bool IsListed => _catalog is not null;

    /// <summary>The store, which several registrations may share.</summary>
    public ISecretStore Store => tokens.Store;

    /// <summary>How many calls the store carries out at once, where it says so.</summary>
    public int? Connections => (Store as IQueuedStore)?.Connections;

    /// <summary>When the first round begins: processes that are started together are not to list and renew together.</summary>
    public TimeSpan FirstRoundAfter { get; } = LongestStart * randomness.NextDouble();

    /// <summary>How often the store is asked for subjects to be kept alive: rarely beside the time they are kept for.</summary>
    public TimeSpan Round => Freshness.KeepAlive is { } keepAlive && keepAlive / 20 < LongestRound
        ? keepAlive / 20 > ShortestRound ? keepAlive / 20 : ShortestRound
        : LongestRound;

    /// <inheritdoc cref="RefreshPlan.WaitFor"/>
    public TimeSpan? WaitFor(TokenSlot slot, ClockReading now)
    {
        var freshness = Freshness;
        return RefreshPlan.WaitFor(slot, freshness, freshness.KeepAlive is not null && Flights.IsKeeper(slot.Key.Subject), _process, now, time);
    }

    /// <summary>
    /// Whether a token is to be renewed only to keep its grant alive, and others renew that grant as well: then what is stored says
    /// when it was done last.
    /// </summary>
    public bool MayBeKeptAliveByOthers(TokenSlot slot, ClockReading now) =>
        Freshness.KeepAlive is not null
        && (slot.Key.Subject.Length > 0 || slot.Current?.Life.DueInAt(now) > TimeSpan.Zero)
        && (tokens.Definitions.Current.Secret.KeepsMany || Flights.IsShared(slot.Key.Subject));

    /// <summary>The stored subjects that are to be kept alive within the next round, and in how long each is.</summary>
    /// <exception cref="Exception">The store could not be read.</exception>
    public async IAsyncEnumerable<(string Subject, TimeSpan Wait)> SubjectsToKeepAliveAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var definition = tokens.Definitions.Current;
        if (_catalog is null || definition.Freshness.KeepAlive is null)
        {
            yield break;
        }

        var own = tokens.Keys.For(definition, Flights.OwnSlot.Key);
        await foreach (var secret in _catalog.ReadAsync(own, StoreUrgency.Background, cancellationToken).ConfigureAwait(false))
        {
            var wait = secret.Age is { } age
                ? RefreshPlan.KeepAliveWait(definition.Freshness, new TokenKey(Flights.Name, secret.Key.Subject), age, _process)
                : TimeSpan.Zero;
            if (secret.Key.Subject.Length > 0 && wait < Round && Flights.IsKeeper(secret.Key.Subject))
            {
                yield return (secret.Key.Subject, wait.Value);
            }
        }
    }

    /// <summary>In how long what is stored wants renewing. Read since nobody may ask for a long time.</summary>
    /// <returns>Zero or less for now; <see langword="null"/> when nothing is stored that does.</returns>
    /// <exception cref="Exception">The store could not be read.</exception>
    public async Task<TimeSpan?> WaitForStoredAsync(TokenSlot slot, StorePlace calls)
    {
        var definition = tokens.Definitions.Current;
        var stored = await tokens.Sets.ReadAsync(tokens.Keys.For(definition, slot.Key), calls, CancellationToken.None).ConfigureAwait(false);
        if (stored?.Set is not { } set || (set.AccessToken is null && set.RefreshToken is null))
        {
            return null;
        }

        // An own token is loaded at once, and renewed when it is due.
        if (slot is { Key.Subject.Length: 0, Current: null } && set.AccessToken is not null)
        {
            return TimeSpan.Zero;
        }

        // A refresh token that was never used yet is left alone, unless it is to be kept alive: from its last exchange on, whoever made it.
        return Flights.IsKeeper(slot.Key.Subject)
            ? RefreshPlan.KeepAliveWait(definition.Freshness, slot.Key, time.GetUtcNow() - stored.Record.ExchangedAt, _process)
            : null;
    }
}
