using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Two registrations of one program whose token sets are the same stored record: <c>crm</c> and <c>billing</c>.</summary>
internal sealed class SharedRecord : IAsyncDisposable
{
    private const string Other = "billing";

    private readonly TokenHost _host;

    /// <param name="server">What the server does.</param>
    /// <param name="billing">What is different about the second registration.</param>
    /// <param name="many">Whether each mark has its own token; the second registration then asks for another scope.</param>
    public SharedRecord(FakeTokenEndpointOptions? server = null, Action<TokenRefreshOptions>? billing = null, bool many = false) =>
        _host = TokenHost.WithRefreshToken(
            options => options.Secret.AccessTokens = many ? StoredAccessTokens.Many : StoredAccessTokens.One,
            services: services =>
            {
                services.AddStore(Store);
                services.AddKeyedSingleton<ISecretStore>(Other, Store);
                services.AddTokenRefresh(Other, options =>
                {
                    options.Grant = TokenGrants.RefreshToken;
                    options.TokenEndpoint = Endpoint.Address.AbsoluteUri;
                    options.Client.Id = FakeTokenEndpoint.DefaultClientId;
                    options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                    options.Secret.Name = TokenHost.Name;
                    if (many)
                    {
                        options.Secret.AccessTokens = StoredAccessTokens.Many;
                        options.RefreshRequest.Form.Add("scope", "billing");
                    }

                    billing?.Invoke(options);
                });
                services.AddHttpClient("tokenkit-" + Other).ConfigurePrimaryHttpMessageHandler(() => Endpoint.CreateHandler());
            },
            server: server ?? new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) },
            time: Store.Time);

    public FaultyStore Store { get; } = new();

    public ManualTimeProvider Time => Store.Time;

    public FakeTokenEndpoint Endpoint => _host.Endpoint;

    public TokenHost Host => _host;

    public ITokenSource Crm => SourceOf(TokenHost.Name);

    public ITokenSource Billing => SourceOf(Other);

    public TokenFlights FlightsOfCrm => FlightsOf(TokenHost.Name);

    public TokenFlights FlightsOfBilling => FlightsOf(Other);

    /// <summary>Waits until nothing is under way in either.</summary>
    public async Task IsQuietAsync()
    {
        // Crm twice: a flight of billing, just ended, may have made it look.
        while ((FlightsOfCrm.OwnSlot.Flight ?? FlightsOfBilling.OwnSlot.Flight ?? FlightsOfCrm.OwnSlot.Flight) is { } flight)
        {
            await flight.EndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private ITokenSource SourceOf(string name) => _host.Services.GetRequiredKeyedService<ITokenSource>(name);

    private TokenFlights FlightsOf(string name) => _host.Services.GetRequiredKeyedService<TokenComposition>(name).Flights;
}
