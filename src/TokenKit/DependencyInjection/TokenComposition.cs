using Microsoft.Extensions.DependencyInjection;

namespace TokenKit;

/// <summary>The parts of one registration, put together along the way of a call.</summary>
internal sealed class TokenComposition(ITokenSource source, ITokenRefresher refresher, TokenFlights flights) : IAsyncDisposable, IDisposable
{
    public ITokenSource Source { get; } = source;

    public ITokenRefresher Refresher { get; } = refresher;

    public TokenFlights Flights { get; } = flights;

    public static TokenComposition Compose(IServiceProvider provider, string name)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var randomness = provider.GetRequiredService<Randomness>();
        var telemetry = provider.GetRequiredService<RefreshTelemetry>();
        var definitions = provider.GetRequiredKeyedService<IDefinitionSource>(name);
        var choice = provider.GetRequiredService<StoreChoice>().For(name, definitions.Current);

        var store = new TokenSetStore(choice.Store, time);
        var secrets = new ReferencedSecrets(choice.Secrets);
        var keys = new SecretKeys(provider.GetRequiredService<TokenKitEnvironment>().Name);
        var seed = new ConfiguredSeed(secrets);
        var placing = new TokenPlacing(secrets);
        var pipeline = new RefreshPipeline(
            new ClearStep(time, randomness),
            new RequestStep(
                provider.GetRequiredService<BackChannel>(),
                secrets,
                time,
                randomness,
                provider.GetKeyedService<ITokenRequester>(name)),
            new MapStep(time),
            new ResponseMapperSeam(provider.GetKeyedService<ITokenResponseMapper>(name)),
            new ValidateStep(randomness, [.. provider.GetKeyedServices<ITokenValidator>(name)]),
            placing,
            time);
        var refresh = new LeasedRefresh(
            definitions, keys, store, new LeaseQueue(choice.Leases, store, time, randomness), seed, pipeline, placing, telemetry, time, randomness);
        var flights = new TokenFlights(
            name, refresh, new UnsavedWriter(definitions, telemetry, time, randomness), telemetry, randomness,
            provider.GetRequiredService<IWorkSpawner>());
        var seeding = new TokenSeeding(definitions, keys, store, choice.Leases, seed, time);
        return new TokenComposition(
            new TokenSource(flights, definitions, seeding, telemetry, time), new TokenRefresher(flights), flights);
    }

    public void Dispose() => Flights.Dispose();

    public ValueTask DisposeAsync() => Flights.DisposeAsync();
}
