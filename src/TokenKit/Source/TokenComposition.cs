using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using TokenKit.Definitions;
using TokenKit.DependencyInjection;
using TokenKit.Refresh;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Request;
using TokenKit.Refresh.Validate;
using TokenKit.Scheduling;
using TokenKit.Source.Flight;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>The parts of one registration, put together along the way of a call.</summary>
internal sealed class TokenComposition(
    ITokenSource source, ITokenRefresher refresher, PlaceableTokens placeable, ScheduledTokens scheduled, IDisposable? watch)
    : IAsyncDisposable, IDisposable
{
    public ITokenSource Source { get; } = source;

    public ITokenRefresher Refresher { get; } = refresher;

    public PlaceableTokens Placeable { get; } = placeable;

    public ScheduledTokens Scheduled { get; } = scheduled;

    public TokenFlights Flights => Scheduled.Flights;

    public static TokenComposition Compose(IServiceProvider provider, string name)
    {
        var definitions = provider.GetRequiredKeyedService<IDefinitionSource>(name);
        DefinitionWarnings.Report(
            provider.GetRequiredService<ILogger<TokenRefreshOptions>>(), definitions.Current, provider.GetRequiredService<TokenKitEnvironment>());
        var store = provider.GetRequiredService<StoreChoice>().For(name, definitions.Current);
        var parts = provider.GetRequiredService<IRegistrationParts>().Of(name, definitions, store) with
        {
            Configuration = provider.GetService<IConfiguration>(),
        };
        var composition = Compose(parts);
        parts.Telemetry.Watch(composition.Flights.OwnSlot);
        return composition;
    }

    public static TokenComposition Compose(TokenParts parts)
    {
        var (time, randomness) = (parts.Time, parts.Randomness);
        var (store, leases, catalog) = (new TokenSetStore(parts.Store.Store, time), parts.Store.Leases, parts.Store.Store as ISecretCatalog);
        var secrets = new ReferencedSecrets(parts.Store.Secrets);
        var keys = new SecretKeys(parts.Environment);
        var seed = new ConfiguredSeed(secrets);
        var placing = new TokenPlacing(secrets, time, new OutsideValues(parts.Outside), parts.Certificates);
        var pipeline = new RefreshPipeline(
            new ClearStep(time, randomness),
            new RequestStep(parts.BackChannel, secrets, time, randomness, parts.Requester, parts.Outside, parts.Certificates),
            new MapStep(time, parts.Reader),
            new ResponseMapperSeam(parts.Mapper),
            new ValidateStep(randomness, parts.Validators),
            time);
        var results = new FlightResults(parts.Telemetry, time, randomness);
        var reading = new StoredTokenReading(store, seed, time);
        var early = new EarlyRefusal(results, time);
        var exchanges = new ExchangeLoop(
            pipeline, reading, new RefusedGrant(reading, early, results, time), early, new LostAnswer(reading, results, parts.Telemetry, time), results);
        var continuation = new UnsavedContinuation(results, time, randomness);
        var refusal = new KnownRefusal(secrets, time);
        var refresh = new LeasedRefresh(
            parts.Definitions, keys, new SubjectParams(parts.ResolveParams, time), reading,
            new LeaseQueue(leases, store, reading, continuation, new SharedWait(refusal, results, time), results, time, randomness), continuation,
            new FirstExchange(time), exchanges, refusal, results, new PlacementAfterwards(placing, results, time), parts.Telemetry, time);
        var flights = new TokenFlights(
            refresh, new UnsavedWriter(parts.Definitions, parts.Telemetry, time, randomness),
            parts.Telemetry, time, randomness, parts.Spawner,
            new SubjectSlots(new TokenGroup(parts.Name, time), parts.Definitions, parts.Swept, isListed: catalog is not null, parts.Spawner, time), parts.Observers);
        parts.Definitions.Reloaded += flights.ConfigurationChanged;
        var watch = parts.Configuration is { } configuration
            ? ChangeToken.OnChange(configuration.GetReloadToken, flights.ConfigurationChanged)
            : null;
        if (parts.Store.Store is ISecretChanges changes)
        {
            flights.Own(changes.Subscribe(new ChangesElsewhere(flights, parts.Definitions, keys).Hear));
        }

        var seeding = new TokenSeeding(parts.Definitions, keys, store, leases, seed, time);
        return new TokenComposition(
            new TokenSource(flights, parts.Definitions, seeding, parts.Telemetry, time), new TokenRefresher(flights, time),
            new PlaceableTokens(flights, parts.Definitions, parts.Telemetry, time),
            new ScheduledTokens(flights, parts.Definitions, keys, store, parts.Store.Store, time, randomness), watch);
    }

    public void Dispose()
    {
        watch?.Dispose();
        Flights.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        watch?.Dispose();
        return Flights.DisposeAsync();
    }
}
