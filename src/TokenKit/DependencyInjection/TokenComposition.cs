using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace TokenKit;

/// <summary>The parts of one registration, put together along the way of a call.</summary>
internal sealed class TokenComposition(
    ITokenSource source, ITokenRefresher refresher, ScheduledTokens scheduled, IDisposable? watch) : IAsyncDisposable, IDisposable
{
    public ITokenSource Source { get; } = source;

    public ITokenRefresher Refresher { get; } = refresher;

    public ScheduledTokens Scheduled { get; } = scheduled;

    public TokenFlights Flights => Scheduled.Flights;

    public static TokenComposition Compose(IServiceProvider provider, string name)
    {
        var definitions = provider.GetRequiredKeyedService<IDefinitionSource>(name);
        DefinitionWarnings.Report(
            provider.GetRequiredService<ILogger<TokenRefreshOptions>>(), definitions.Current, provider.GetRequiredService<TokenKitEnvironment>());
        return Compose(PartsOf(provider, name, definitions, provider.GetRequiredService<StoreChoice>().For(name, definitions.Current)) with
        {
            Configuration = provider.GetService<IConfiguration>(),
        });
    }

    /// <summary>The parts that the services hold for a registration.</summary>
    public static TokenParts PartsOf(IServiceProvider provider, string name, IDefinitionSource definitions, ChosenStore store) =>
        new()
        {
            Name = name,
            Definitions = definitions,
            Store = store,
            Environment = provider.GetRequiredService<TokenKitEnvironment>().Name,
            BackChannel = provider.GetRequiredService<BackChannel>(),
            Telemetry = provider.GetRequiredService<RefreshTelemetry>(),
            Time = provider.GetRequiredService<TimeProvider>(),
            Randomness = provider.GetRequiredService<Randomness>(),
            Spawner = provider.GetRequiredService<IWorkSpawner>(),
            Outside = OutsideSources.In(provider),
            Certificates = provider.GetKeyedService<ClientCertificates>(name),
            Reader = provider.GetKeyedService<ITokenAnswerReader>(name),
            Swept = provider.GetRequiredService<SweptTokens>(),
            ResolveParams = provider.GetKeyedService<ParamResolver>(name)?.ResolveAsync,
            Observers = [.. provider.GetServices<IFlightObserver>()],
            Requester = provider.GetKeyedService<ITokenRequester>(name),
            Mapper = provider.GetKeyedService<ITokenResponseMapper>(name),
            Validators = [.. provider.GetKeyedServices<ITokenValidator>(name)],
        };

    public static TokenComposition Compose(TokenParts parts)
    {
        var (time, randomness) = (parts.Time, parts.Randomness);
        var (store, leases, catalog) = (new TokenSetStore(parts.Store.Store, time), parts.Store.Leases, parts.Store.Store as ISecretCatalog);
        var secrets = new ReferencedSecrets(parts.Store.Secrets);
        var keys = new SecretKeys(parts.Environment);
        var seed = new ConfiguredSeed(secrets);
        var placing = new TokenPlacing(secrets, new OutsideValues(parts.Outside), parts.Certificates);
        var pipeline = new RefreshPipeline(
            new ClearStep(time, randomness),
            new RequestStep(parts.BackChannel, secrets, time, randomness, parts.Requester, parts.Outside, parts.Certificates),
            new MapStep(time, parts.Reader),
            new ResponseMapperSeam(parts.Mapper),
            new ValidateStep(randomness, parts.Validators),
            placing,
            time);
        var results = new FlightResults(parts.Telemetry, time, randomness);
        var reading = new StoredTokenReading(store, seed, placing, time);
        var early = new EarlyRefusal(results, time);
        var exchanges = new ExchangeLoop(
            pipeline, reading, new RefusedGrant(reading, early, results, time), early, new LostAnswer(reading, results, parts.Telemetry, time), results);
        var continuation = new UnsavedContinuation(results, time, randomness);
        var refusal = new KnownRefusal(secrets, time);
        var refresh = new LeasedRefresh(
            parts.Definitions, keys, new SubjectParams(parts.ResolveParams, time), reading,
            new LeaseQueue(leases, store, reading, continuation, new SharedWait(refusal, results, time), results, time, randomness), continuation,
            new FirstExchange(time), exchanges, refusal, results, parts.Telemetry, time);
        var flights = new TokenFlights(
            refresh, new UnsavedWriter(parts.Definitions, parts.Telemetry, time, randomness),
            parts.Telemetry, time, randomness, parts.Spawner,
            new SubjectSlots(new TokenGroup(parts.Name, time), parts.Definitions, parts.Swept, isListed: catalog is not null, parts.Spawner, time), parts.Observers);
        parts.Telemetry.Watch(flights.OwnSlot);
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
            new ScheduledTokens(flights, parts.Definitions, keys, store, catalog, time), watch);
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
