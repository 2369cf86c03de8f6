using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The library as a program registers it, with a token endpoint that behaves and a clock that only tests move.</summary>
internal sealed class TokenHost : IAsyncDisposable
{
    public const string Name = "crm";

    private readonly ServiceProvider _provider;

    private readonly Func<string?> _seedToken;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private TokenHost(ServiceProvider provider, FakeTokenEndpoint endpoint, ManualTimeProvider time, Func<string?> seedToken)
    {
        _seedToken = seedToken;
        _provider = provider;
        Endpoint = endpoint;
        Time = time;
    }

    public FakeTokenEndpoint Endpoint { get; }

    public ManualTimeProvider Time { get; }

    /// <summary>The refresh token the registration begins with, once its options were read.</summary>
    public string? SeedToken => _seedToken();

    public IServiceProvider Services => _provider;

    public ITokenSource Source => _provider.GetRequiredKeyedService<ITokenSource>(Name);

    public ITokenRefresher Refresher => _provider.GetRequiredKeyedService<ITokenRefresher>(Name);

    /// <summary>A registration that needs only credentials.</summary>
    public static TokenHost WithClientCredentials(
        Action<TokenRefreshOptions>? configure = null, Action<IServiceCollection>? services = null, FakeTokenEndpointOptions? server = null,
        TokenHost? sharing = null, ManualTimeProvider? time = null) =>
        Create(
            (options, _) =>
            {
                options.Grant = TokenGrants.ClientCredentials;
                configure?.Invoke(options);
            },
            services,
            server,
            sharing,
            time);

    /// <summary>A registration that begins with a refresh token a person obtained.</summary>
    public static TokenHost WithRefreshToken(
        Action<TokenRefreshOptions>? configure = null, Action<IServiceCollection>? services = null, FakeTokenEndpointOptions? server = null,
        TokenHost? sharing = null, ManualTimeProvider? time = null) =>
        Create(
            (options, endpoint) =>
            {
                options.Grant = TokenGrants.RefreshToken;
                options.Seed = new TokenSeedOptions { RefreshToken = sharing?.SeedToken ?? endpoint.IssueRefreshToken() };
                configure?.Invoke(options);
            },
            services,
            server,
            sharing,
            time);

    public AccessToken? Cached => Source.TryGetCached(out var token) ? token : null;

    /// <summary>Lets time pass, deadlines and all, until something has come about: for what no deadline can prevent.</summary>
    public Task TimePassesUntilAsync(Func<bool> hasHappened, string what) =>
        UntilAsync(hasHappened, what, () => Time.Advance(TimeSpan.FromMilliseconds(10)));

    /// <summary>
    /// Lets pauses pass, each as soon as the code under test waits for it, until something has come about. Deadlines never
    /// pass meanwhile, however slow this machine is.
    /// </summary>
    public Task PausesPassUntilAsync(Func<bool> hasHappened, string what) => UntilAsync(
        hasHappened,
        what,
        () =>
        {
            // Read once: a pause may end by itself, and the next timer is then a deadline.
            if (Time.NextTimerIn is { } next && next <= LongestPause)
            {
                Time.Advance(next);
            }
        });

    /// <summary>Waits while the clock stands still.</summary>
    public static Task HappensAtOnceAsync(Func<bool> hasHappened, string what) => UntilAsync(hasHappened, what, static () => { });

    /// <summary>Whether something waits for a pause, as opposed to a deadline, to pass.</summary>
    public bool IsPausing => Time.NextTimerIn is { } next && next <= LongestPause;

    private static async Task UntilAsync(Func<bool> hasHappened, string what, Action meanwhile)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!hasHappened())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException($"It has not come about: {what}.");
            }

            meanwhile();
            await Task.Yield();
        }
    }

    /// <summary>The state of the registration's own token.</summary>
    public TokenSlot Slot => _provider.GetRequiredKeyedService<TokenComposition>(Name).Flights.OwnSlot;

    /// <summary>Refreshes, and waits for what comes of it however long a caller would wait.</summary>
    public Task<RefreshResult> RefreshToItsEndAsync()
    {
        _ = Refresher.RefreshAsync().AsTask();
        return Slot.Flight!.CompletionAsync(CancellationToken.None); // it was started by the line before and waits for a pause
    }

    /// <summary>Waits for the flight that is under way to end, lease and all.</summary>
    public Task FlightEndedAsync() =>
        Slot.Flight?.EndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))
        ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => new(_provider.DisposeWhileTimePassesAsync(Time));

    private static TokenHost Create(
        Action<TokenRefreshOptions, FakeTokenEndpoint> configure, Action<IServiceCollection>? configureServices,
        FakeTokenEndpointOptions? server, TokenHost? sharing, ManualTimeProvider? clock)
    {
        var time = clock ?? sharing?.Time ?? new ManualTimeProvider();
        var endpoint = sharing?.Endpoint ?? new FakeTokenEndpoint(server, time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        var environment = NSubstitute.Substitute.For<IHostEnvironment>();
        environment.EnvironmentName = "Production";
        services.AddSingleton(environment);

        // Options are made anew at each read; the seed is drawn once.
        TokenRefreshOptions? drawn = null;
        string? seedToken = null;
        services.AddTokenRefresh(Name, options =>
        {
            options.TokenEndpoint = endpoint.Address.AbsoluteUri;
            options.Client.Id = FakeTokenEndpoint.DefaultClientId;
            options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            configure(options, endpoint);
            drawn ??= options;
            options.Seed = drawn.Seed;
            seedToken = drawn.Seed?.RefreshToken is { Count: > 0 } texts ? texts[0] : null;
        }).UseInMemoryStore();
        services.AddHttpClient("tokenkit-" + Name).ConfigurePrimaryHttpMessageHandler(endpoint.CreateHandler);
        configureServices?.Invoke(services);
        return new TokenHost(
            services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }), endpoint, time, () => seedToken);
    }
}
