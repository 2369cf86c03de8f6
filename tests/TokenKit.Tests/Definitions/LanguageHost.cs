using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>One registration from a definition in JSON, a scripted token endpoint and a scripted API.</summary>
internal sealed class LanguageHost : IAsyncDisposable
{
    public const string Name = "api";
    private readonly ServiceProvider _provider;

    public LanguageHost(string definition, string secrets = "{}", Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Secrets": {{secrets}}, "TokenRefresh": { "{{Name}}": {{definition}} } }""")))
            .Build();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(logging => logging.AddProvider(Logs));
        services.AddTokenRefresh(Name, configuration.GetSection($"TokenRefresh:{Name}")).UseInMemoryStore();
        services.AddHttpClient($"tokenkit-{Name}").ConfigurePrimaryHttpMessageHandler(() => Tokens);
        services.AddHttpClient("client", http => http.BaseAddress = new Uri("https://api.example.com/"))
            .AddTokenRefreshHandler(Name).FollowsNoRedirects<ScriptedServer>().ConfigurePrimaryHttpMessageHandler(() => Api);
        configure?.Invoke(services);
        _provider = services.BuildServiceProvider();
    }

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public ScriptedServer Tokens { get; } = new();

    public ScriptedServer Api { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public IServiceProvider Services => _provider;

    public async Task<RefreshResult> RefreshAsync()
    {
        var result = await _provider.GetRequiredKeyedService<ITokenRefresher>(Name).RefreshAsync();
        await (_provider.GetRequiredKeyedService<TokenComposition>(Name).Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(30)) ?? Task.CompletedTask);
        return result;
    }

    public async Task<ScriptedRequest> CallAsync(HttpMethod? method = null, HttpContent? content = null, string path = "orders")
    {
        using var client = _provider.GetRequiredService<IHttpClientFactory>().CreateClient("client");
        using var message = new HttpRequestMessage(method ?? HttpMethod.Get, path) { Content = content };
        using var response = await client.SendAsync(message);
        return Api.Requests[^1];
    }

    /// <summary>What the store holds now.</summary>
    public async Task<TokenSet?> StoredAsync()
    {
        var store = _provider.GetRequiredService<InMemorySecretStore>();
        var entry = await store.GetAsync(new SecretKey(_provider.GetRequiredService<TokenKitEnvironment>().Name, Name) { Kind = SecretKind.TokenSet });
        return entry is null ? null : TokenSetCodec.Decode(entry, ClockReading.Now(Time), new SecretKey("any", Name) { Kind = SecretKind.TokenSet }).Last;
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
