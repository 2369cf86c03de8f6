using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>
/// A program with several registrations of one stored record, each for an API of its own: <c>read</c> calls
/// <c>read.example.com</c>. One vendor, one refresh token.
/// </summary>
internal sealed class ManyTokens : IAsyncDisposable
{
    public const string Record = "vendor";

    private readonly ServiceProvider _provider;

    /// <param name="server">The server of the vendor.</param>
    /// <param name="store">Gives the store of a registration.</param>
    /// <param name="time">The clock of both.</param>
    /// <param name="names">The registrations; each has its name for its scope.</param>
    /// <param name="options">What is written beyond that, such as <c>read:Scope</c>; <c>*:Scope</c> is written for each.</param>
    public ManyTokens(FakeTokenEndpoint server, Func<string, ISecretStore> store, ManualTimeProvider time, string[] names, params (string Key, string? Value)[] options)
    {
        Server = server;
        Time = time;
        var section = new Dictionary<string, string?>();
        foreach (var name in names)
        {
            section[$"{name}:Grant"] = "refresh_token";
            section[$"{name}:TokenEndpoint"] = server.Address.AbsoluteUri;
            section[$"{name}:Client:Id"] = FakeTokenEndpoint.DefaultClientId;
            section[$"{name}:Client:Secret"] = FakeTokenEndpoint.DefaultClientSecret;
            section[$"{name}:Scope"] = name;
            section[$"{name}:Secret:Name"] = Record;
        }

        foreach (var (key, value) in options)
        {
            foreach (var name in key.StartsWith('*') ? names : [key.Split(':')[0]])
            {
                section[$"{name}:{key[(key.IndexOf(':') + 1)..]}"] = value;
            }
        }

        Configuration = new ConfigurationBuilder().AddInMemoryCollection(section).Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddRecordedLogs(Logs));
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<IConfiguration>(Configuration);
        foreach (var name in names)
        {
            Apis[name] = new FakeApi(server);
            services.AddTokenRefresh(name, Configuration.GetSection(name)).UseInMemoryStore();
            services.AddKeyedSingleton(name, store(name));
            services.AddHttpClient("tokenkit-" + name).ConfigurePrimaryHttpMessageHandler(server.CreateHandler);
            services.AddHttpClient(name, client => client.BaseAddress = new Uri($"https://{name}.example.com"))
                .AddTokenRefreshHandler(name)
                .ConfigurePrimaryHttpMessageHandler(Apis[name].CreateHandler);
        }

        _provider = services.BuildServiceProvider();
    }

    public FakeTokenEndpoint Server { get; }

    public ManualTimeProvider Time { get; }

    public Dictionary<string, FakeApi> Apis { get; } = [];

    public RecordedLogs Logs { get; } = new();

    private IConfigurationRoot Configuration { get; }

    /// <summary>What stops the start, or <see langword="null"/>.</summary>
    public async Task<string?> FaultAtStartAsync()
    {
        var start = _provider.GetServices<IHostedService>().OfType<IHostedLifecycleService>().First(static service => service.GetType().Name == "StartupChecks");
        try
        {
            await start.StartingAsync(CancellationToken.None);
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message;
        }
    }

    public void Reload(params (string Key, string? Value)[] options)
    {
        foreach (var (key, value) in options)
        {
            Configuration[key] = value;
        }

        Configuration.Reload();
    }

    public ITokenSource Source(string name) => _provider.GetRequiredKeyedService<ITokenSource>(name);

    public TokenFlights Flights(string name) => _provider.GetRequiredKeyedService<TokenComposition>(name).Flights;

    public async Task<string> TokenAsync(string name, TokenDemand? demand = null) => (await Source(name).GetTokenAsync(demand ?? TokenDemand.Default)).Reveal();

    /// <summary>Calls the API of a registration, until nothing is under way any more.</summary>
    public async Task CallAsync(string name)
    {
        using var answer = await _provider.GetRequiredService<IHttpClientFactory>().CreateClient(name).GetAsync("orders");
        answer.EnsureSuccessStatusCode();
        await IsQuietAsync();
    }

    /// <summary>The scopes of the tokens that an API has seen.</summary>
    public IEnumerable<string?> ScopesSeenBy(string name) =>
        Apis[name].TokensSeen.Select(token => Server.AccessTokens.Single(issued => issued.Token == token).Scope).Distinct();

    public async Task IsQuietAsync()
    {
        foreach (var name in Apis.Keys)
        {
            while (Flights(name).OwnSlot.Flight is { } flight)
            {
                await flight.EndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
            }
        }
    }

    public ValueTask DisposeAsync() => new(_provider.DisposeWhileTimePassesAsync(Time));
}
