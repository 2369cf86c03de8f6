namespace TokenKit;

/// <summary>One registration as the scheduler sees it: what it says about freshness, its flights, what is stored.</summary>
internal sealed class ScheduledTokens(TokenFlights flights, IDefinitionSource definitions, SecretKeys keys, TokenSetStore store)
{
    public TokenFlights Flights => flights;

    public FreshnessDefinition Freshness => definitions.Current.Freshness;

    /// <summary>Whether something is stored that wants renewing. Read at start, since nobody may ask for a long time.</summary>
    /// <exception cref="Exception">The store could not be read.</exception>
    public async Task<bool> HasStoredTokenAsync()
    {
        var definition = definitions.Current;
        var stored = await store.ReadAsync(keys.For(definition, flights.OwnSlot.Key), CancellationToken.None).ConfigureAwait(false);

        // A refresh token that was never used yet is left alone, unless it is to be kept alive.
        return stored?.Set is { } set
            && (set.AccessToken is not null || (set.RefreshToken is not null && definition.Freshness.KeepAlive is not null));
    }
}
