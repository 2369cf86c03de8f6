using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>A program in this process whose tokens are kept in PostgreSQL, against a token server that rotates strictly unless it is told otherwise.</summary>
internal sealed class RefreshingClient : IAsyncDisposable
{
    public const string Name = "crm";

    private readonly ServiceProvider _provider;

    public RefreshingClient(string connectionString, PostgreSqlStoreOptions place, FakeTokenEndpoint endpoint, string? seed)
        : this(NpgsqlDataSource.Create(connectionString), place, endpoint, seed)
    {
    }

    /// <param name="dataSource">Disposed with the client.</param>
    /// <param name="place">The schema.</param>
    /// <param name="endpoint">The token server.</param>
    /// <param name="seed">The refresh token to begin with.</param>
    /// <param name="reuseGrace">How long the token server takes a rotated refresh token, as the definition knows it; not at all by default.</param>
    public RefreshingClient(
        NpgsqlDataSource dataSource, PostgreSqlStoreOptions place, FakeTokenEndpoint endpoint, string? seed, TimeSpan reuseGrace = default)
    {
        Endpoint = endpoint;
        DataSource = dataSource;
        var services = new ServiceCollection();
        services.AddTokenRefresh(Name, token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.RefreshToken;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            token.Seed.RefreshToken = seed;
            token.Resilience.ReuseGrace = reuseGrace;
            token.Resilience.PersistRetryCap = TimeSpan.FromMilliseconds(100);
        })
        .UsePostgreSql(DataSource, options =>
            (options.Schema, options.CreateSchema, options.CommandTimeout, options.NotifyChanges) = (place.Schema, true, place.CommandTimeout, place.NotifyChanges))
        .UseAesGcm(TestKeys.Key);
        services.AddHttpClient("tokenkit-" + Name).ConfigurePrimaryHttpMessageHandler(endpoint.CreateHandler);
        _provider = services.BuildServiceProvider();
    }

    public FakeTokenEndpoint Endpoint { get; }

    public NpgsqlDataSource DataSource { get; }

    public PostgreSqlSecretStore Store => _provider.GetRequiredKeyedService<PostgreSqlSecretStore>(Name);

    public ITokenSource Source => _provider.GetRequiredKeyedService<ITokenSource>(Name);

    public ITokenRefresher Refresher => _provider.GetRequiredKeyedService<ITokenRefresher>(Name);

    /// <summary>Waits for what is under way to end, lease and all.</summary>
    public Task FlightEndedAsync() => Signals.WaitAsync(
        () => Task.FromResult(_provider.GetRequiredKeyedService<TokenComposition>(Name).Flights.OwnSlot.Flight is null), "the flight has ended");

    /// <summary>Refreshes until it succeeds: faults pass.</summary>
    public Task RefreshUntilItSucceedsAsync() => Signals.WaitAsync(
        async () => (await Refresher.RefreshAsync()).Outcome is RefreshOutcome.Refreshed or RefreshOutcome.Adopted, "a refresh succeeds");

    /// <summary>The refresh token in the store is the one the server would take, and none was ever sent twice.</summary>
    public async Task NothingIsLostAsync()
    {
        string? stored = null;
        await Signals.WaitAsync(
            async () =>
            {
                try
                {
                    stored = (await new TokenSetStore(Store, TimeProvider.System).ReadAsync(new SecretKey("Production", Name) { Kind = SecretKind.TokenSet }, CancellationToken.None))?
                        .Set.RefreshToken?.Reveal();
                }
                catch (PostgreSqlStoreException trouble) when (trouble.IsTransient)
                {
                    // Npgsql looks for a new primary every few seconds.
                    return false;
                }

                return stored is not null && Endpoint.IsCurrent(stored);
            },
            "the stored refresh token is the newest");
        Endpoint.ReuseDetections.Should().Be(0);
        Endpoint.LostGrants.Should().Be(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        await DataSource.DisposeAsync();
    }
}
