using System.Runtime.CompilerServices;

namespace TokenKit;

/// <summary>One registration as the scheduler sees it: what it says about freshness, its flights, what is stored.</summary>
internal sealed class ScheduledTokens(
    TokenFlights flights, IDefinitionSource definitions, SecretKeys keys, TokenSetStore store, ISecretCatalog? catalog, TimeProvider time)
{
    private static readonly TimeSpan ShortestRound = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(30);

    public TokenFlights Flights => flights;

    public FreshnessDefinition Freshness => definitions.Current.Freshness;

    /// <summary>Whether the store can say which subjects it holds, so that they need not be remembered.</summary>
    public bool IsListed => catalog is not null;

    /// <summary>How often the store is asked for subjects to be kept alive: rarely beside the time they are kept for.</summary>
    public TimeSpan Round => Freshness.KeepAlive is { } keepAlive && keepAlive / 20 < LongestRound
        ? keepAlive / 20 > ShortestRound ? keepAlive / 20 : ShortestRound
        : LongestRound;

    /// <summary>The stored subjects that are to be kept alive within the next round, and in how long each is.</summary>
    /// <exception cref="Exception">The store could not be read.</exception>
    public async IAsyncEnumerable<(string Subject, TimeSpan Wait)> SubjectsToKeepAliveAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var definition = definitions.Current;
        if (catalog is null || definition.Freshness.KeepAlive is null)
        {
            yield break;
        }

        var own = keys.For(definition, flights.OwnSlot.Key);
        await foreach (var secret in catalog.ReadAsync(own.Environment, own.Name, cancellationToken).ConfigureAwait(false))
        {
            var wait = secret.Age is { } age
                ? RefreshPlan.KeepAliveWait(definition.Freshness, new TokenKey(flights.Name, secret.Key.Subject), age)
                : TimeSpan.Zero;
            if (secret.Key.Subject.Length > 0 && wait < Round)
            {
                yield return (secret.Key.Subject, wait.Value);
            }
        }
    }

    /// <summary>In how long what is stored wants renewing. Read since nobody may ask for a long time.</summary>
    /// <returns>Zero or less for now; <see langword="null"/> when nothing is stored that does.</returns>
    /// <exception cref="Exception">The store could not be read.</exception>
    public async Task<TimeSpan?> WaitForStoredAsync(TokenSlot slot)
    {
        var definition = definitions.Current;
        var stored = await store.ReadAsync(keys.For(definition, slot.Key), CancellationToken.None).ConfigureAwait(false);
        if (stored?.Set is not { } set || (set.AccessToken is null && set.RefreshToken is null))
        {
            return null;
        }

        // An own token is loaded at once, and renewed when it is due.
        if (slot.Key.Subject.Length == 0 && set.AccessToken is not null)
        {
            return TimeSpan.Zero;
        }

        // A refresh token that was never used yet is left alone, unless it is to be kept alive.
        return RefreshPlan.KeepAliveWait(definition.Freshness, slot.Key, time.GetUtcNow() - set.ObtainedAt);
    }
}
