using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>
/// A vendor with a production and a test server, each with its own API, and programs that are reloaded, restarted and run beside
/// each other over one store.
/// </summary>
internal sealed class TwoServers
{
    private readonly Func<ISecretStore> _store;

    /// <param name="store">Opens the store for a program that starts; by default all share one in memory.</param>
    /// <param name="time">The clock of the store.</param>
    public TwoServers(Func<ISecretStore>? store = null, ManualTimeProvider? time = null)
    {
        Time = time ?? new ManualTimeProvider();
        var memory = new InMemorySecretStore(Time);
        _store = store ?? (() => memory);
        Production = new FakeTokenEndpoint(Options("prod"), Time);
        Test = new FakeTokenEndpoint(Options("test"), Time);
        ProductionApi = new FakeApi(Production);
        TestApi = new FakeApi(Test);
    }

    public ManualTimeProvider Time { get; }

    public FakeTokenEndpoint Production { get; }

    public FakeTokenEndpoint Test { get; }

    public FakeApi ProductionApi { get; }

    public FakeApi TestApi { get; }

    /// <summary>What the API at an address has seen of tokens.</summary>
    public static IEnumerable<string> SeenBy(FakeApi api) => api.TokensSeen.Distinct();

    public MarkedProgram Start(params (string Key, string? Value)[] options) => new(this, _store(), null, options);

    public MarkedProgram Start(Action<ITokenRefreshBuilder> configure, params (string Key, string? Value)[] options) =>
        new(this, _store(), configure, options);

    public HttpMessageHandler Route(Func<FakeTokenEndpoint, HttpMessageHandler> to) => new Router(to(Production), to(Test));

    public HttpMessageHandler RouteApi() => new Router(ProductionApi.CreateHandler(), TestApi.CreateHandler());

    private static FakeTokenEndpointOptions Options(string prefix) => new()
    {
        AccessTokenPrefix = $"{prefix}-access-", RefreshTokenPrefix = $"{prefix}-refresh-",
    };

    private sealed class Router(HttpMessageHandler production, HttpMessageHandler test) : DelegatingHandler
    {
        private readonly HttpMessageInvoker _production = new(production);
        private readonly HttpMessageInvoker _test = new(test);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            (request.RequestUri!.Host.StartsWith("test.", StringComparison.Ordinal) ? _test : _production).SendAsync(request, cancellationToken);
    }
}

/// <summary>One program of a vendor's customer: token <c>crm</c>, client <c>api</c>.</summary>
internal sealed class MarkedProgram : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly TwoServers _servers;

    public MarkedProgram(TwoServers servers, ISecretStore store, Action<ITokenRefreshBuilder>? configure, (string Key, string? Value)[] options)
    {
        _servers = servers;
        Configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
            [
                new("crm:TokenEndpoint", "https://prod.vendor.test/token"),
                new("crm:Grant", "client_credentials"),
                new("crm:Client:Id", FakeTokenEndpoint.DefaultClientId),
                new("crm:Client:Secret", FakeTokenEndpoint.DefaultClientSecret),
                new("api", "https://prod.api.test"),
            ])
            .AddInMemoryCollection(options.Select(static option => KeyValuePair.Create(option.Key, option.Value)))
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(servers.Time);
        services.AddSingleton<IConfiguration>(Configuration);
        var builder = services.AddTokenRefresh("crm", Configuration.GetSection("crm")).UseInMemoryStore();
        configure?.Invoke(builder);
        services.AddKeyedSingleton<ISecretStore>("crm", store);
        services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => servers.Route(static endpoint => endpoint.CreateHandler()));
        services.AddHttpClient("api", client => client.BaseAddress = new Uri(Configuration["api"]!))
            .AddTokenRefreshHandler("crm")
            .FollowsNoRedirects<HttpMessageHandler>().ConfigurePrimaryHttpMessageHandler(servers.RouteApi);
        _provider = services.BuildServiceProvider();
    }

    private IConfigurationRoot Configuration { get; }

    public ITokenSource Source => _provider.GetRequiredKeyedService<ITokenSource>("crm");

    public ITokenRefresher Refresher => _provider.GetRequiredKeyedService<ITokenRefresher>("crm");

    public TokenFlights Flights => _provider.GetRequiredKeyedService<TokenComposition>("crm").Flights;

    /// <summary>Turns to the test server, and its API.</summary>
    public void GoToTest() => Reload(("crm:TokenEndpoint", "https://test.vendor.test/token"), ("api", "https://test.api.test"));

    /// <summary>Turns to the production server, and its API.</summary>
    public void GoToProduction() => Reload(("crm:TokenEndpoint", "https://prod.vendor.test/token"), ("api", "https://prod.api.test"));

    public void Reload(params (string Key, string? Value)[] options)
    {
        foreach (var (key, value) in options)
        {
            Configuration[key] = value;
        }

        Configuration.Reload();
    }

    public async Task<string> TokenAsync(string subject = "") => (await Source.GetTokenAsync(new TokenDemand { Subject = subject })).Reveal();

    public async Task<HttpResponseMessage> CallAsync() => await _provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync("orders");

    public async Task<RefreshFailure?> FailureAsync(string subject = "")
    {
        try
        {
            await TokenAsync(subject);
            return null;
        }
        catch (TokenRefreshException exception)
        {
            await IsQuietAsync(subject);
            return exception.Failure;
        }
    }

    public Task IsQuietAsync(string subject = "") =>
        Flights.Find(subject)?.Flight?.EndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => new(_provider.DisposeWhileTimePassesAsync(_servers.Time));
}
