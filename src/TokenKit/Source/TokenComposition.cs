using TokenKit.Definitions;
using TokenKit.Refresh;
using TokenKit.Refresh.Clear;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Request;
using TokenKit.Refresh.Validate;
using TokenKit.Source.Flight;
using TokenKit.Source.Records;
using TokenKit.Storage;
using TokenKit.Values;

namespace TokenKit.Source;

/// <summary>The parts of one registration, put together along the way of a call.</summary>
internal sealed class TokenComposition : IAsyncDisposable, IDisposable
{
    private readonly IDisposable? _watch;

    private TokenComposition(TokenParts parts, TokenFlights flights, RegistrationRecords records, SecretKeys keys, TokenSetStore sets, ConfiguredSeed seed)
    {
        var (definitions, time) = (parts.Definitions, parts.Time);
        (Definitions, Flights, Keys, Sets, Store) = (definitions, flights, keys, sets, parts.Store.Store);
        Source = new TokenSource(
            flights, definitions, new TokenSeeding(definitions, records, sets, parts.Store.Leases, seed, new SeededTokens(parts.Randomness), new SubjectParams(parts.ResolveParams, time), time), parts.Telemetry, time);
        Refresher = new TokenRefresher(flights, time);
        Placeable = new PlaceableTokens(flights, definitions, parts.Telemetry, time);
        definitions.Reloaded += flights.DefinitionReloaded;
        _watch = parts.Corrections?.Join(flights, definitions);
        if (Store.As<ISecretChanges>() is { } changes)
        {
            flights.Own(changes.Subscribe(new ChangesElsewhere(flights, definitions, keys).Apply));
        }
    }

    public ITokenSource Source { get; }

    public ITokenRefresher Refresher { get; }

    public PlaceableTokens Placeable { get; }

    public TokenFlights Flights { get; }

    public IDefinitionSource Definitions { get; }

    public SecretKeys Keys { get; }

    public TokenSetStore Sets { get; }

    /// <summary>The store, which several registrations may share.</summary>
    public ISecretStore Store { get; }

    public static TokenComposition Compose(TokenParts parts)
    {
        var (time, randomness) = (parts.Time, parts.Randomness);
        var (store, leases) = (new TokenSetStore(parts.Store.Store, time), parts.Store.Leases);
        var secrets = new ReferencedSecrets(parts.Store.Secrets);
        var keys = new SecretKeys(parts.Environment);
        var all = parts.Records;
        var records = new RegistrationRecords(all, parts.Store.Store, keys, parts.Definitions);
        var seed = new ConfiguredSeed(secrets);
        var placing = new TokenPlacing(secrets, time, new OutsideValues(parts.Outside), parts.Certificates);
        var pipeline = new RefreshPipeline(
            new ClearStep(time, randomness),
            new RequestStep(parts.BackChannel, secrets, time, randomness, parts.Requester, parts.Outside, parts.Certificates, parts.Resilience),
            new MapStep(time, parts.Reader),
            new ResponseMapperSeam(parts.Mapper),
            new ValidateStep(randomness, parts.Validators),
            time);
        var results = new FlightResults(all, parts.Telemetry, time, randomness);
        var watch = new DefinitionWatch(parts.Definitions, time);
        var reading = new StoredTokenReading(store, seed, watch, results, parts.Telemetry, time);
        var early = new EarlyRefusal(results, time);
        var limit = new RequestLimit(all, results, time);
        var exchanges = new ExchangeLoop(
            pipeline, reading, new RefusedGrant(reading, early, results, time), early, new LostAnswer(reading, results, parts.Telemetry, time), new DoubtfulGrant(time), limit, results);
        var storeless = new StorelessRefresh(parts.Store.Store, reading, all, parts.Telemetry, time);
        var continuation = new UnsavedContinuation(all, reading, storeless, results, time, randomness);
        var refusal = new KnownRefusal(secrets, time);
        var refresh = new LeasedRefresh(
            parts.Definitions, records, new SubjectParams(parts.ResolveParams, time),
            new LeaseQueue(leases, all, store, reading, continuation, new SharedWait(refusal, results, time), results, time, randomness), continuation, storeless,
            new FirstExchange(reading, new SeededTokens(randomness), results, time), exchanges, new KnownDeadGrant(all), refusal, limit, results, new PlacementAfterwards(placing, results, time), parts.Telemetry, time);
        var flights = new TokenFlights(
            refresh, new UnsavedWriter(parts.Definitions, all, parts.Telemetry, time, randomness, parts.Spawner.CompletionOptions),
            parts.Telemetry, time, randomness, parts.Spawner,
            new SubjectSlots(
                new TokenGroup(parts.Name, records, time), parts.Definitions, watch, parts.Swept, isListed: parts.Store.Store.As<ISecretCatalog>() is not null, parts.Spawner, time),
            records,
            watch,
            parts.Observers);
        all.Join(flights);
        return new TokenComposition(parts, flights, records, keys, store, seed);
    }

    public void Dispose()
    {
        _watch?.Dispose();
        Flights.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        return Flights.DisposeAsync();
    }
}
