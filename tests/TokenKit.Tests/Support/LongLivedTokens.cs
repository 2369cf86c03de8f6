using System.Net;
using System.Net.Http.Json;
using System.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>
/// The sample definition <c>instagram</c> with a server whose long-lived access tokens renew themselves: each names the one that it is
/// renewed into, and one that was renewed works no more.
/// </summary>
internal sealed class LongLivedTokens(ManualTimeProvider time)
{
    public const string Name = "instagram";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(60);

    public ManualTimeProvider Time => time;

    /// <summary>The access token that works.</summary>
    public string Current { get; private set; } = "ig-0";

    /// <summary>The access tokens that renewals were asked with.</summary>
    public List<string> Renewed { get; } = [];

    /// <summary>A program that begins with a long-lived token in its configuration.</summary>
    public Program Start(ISecretStore store, string seed = "ig-0") => new(this, store, seed);

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var sent = HttpUtility.ParseQueryString(request.RequestUri!.Query)["access_token"]!;
        Renewed.Add(sent);
        if (sent != Current)
        {
            return new(HttpStatusCode.BadRequest) { Content = JsonContent.Create(new { error = new { code = 190 } }) };
        }

        Current = $"ig-{Renewed.Count}";
        return new(HttpStatusCode.OK)
        {
            Content = JsonContent.Create(new { access_token = Current, token_type = "bearer", expires_in = (long)Lifetime.TotalSeconds }),
        };
    }

    internal sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _provider;
        private readonly LongLivedTokens _server;

        public Program(LongLivedTokens server, ISecretStore store, string seed)
        {
            _server = server;
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(RepositoryFiles.Root, "samples", "Definitions", "apis", $"{Name}.json"))
                .AddInMemoryCollection([new("Secrets:instagram-long-lived", seed)])
                .Build();
            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(server.Time);
            services.AddSingleton<IConfiguration>(configuration);
            services.AddTokenRefresh(Name, configuration.GetSection($"TokenRefresh:{Name}")).UseInMemoryStore();
            services.AddKeyedSingleton(Name, store);
            services.AddHttpClient($"tokenkit-{Name}").ConfigurePrimaryHttpMessageHandler(() => new Handler(server));
            _provider = services.BuildServiceProvider();
        }

        public ITokenSource Source => _provider.GetRequiredKeyedService<ITokenSource>(Name);

        public async Task<string> TokenAsync()
        {
            var token = (await Source.GetTokenAsync()).Reveal();
            await IsQuietAsync();
            return token;
        }

        /// <summary>A call takes the token that is due, and the renewal begins behind it.</summary>
        public async Task<string> RenewedTokenAsync()
        {
            await TokenAsync();
            return await TokenAsync();
        }

        private Task IsQuietAsync() =>
            _provider.GetRequiredKeyedService<TokenComposition>(Name).Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))
            ?? Task.CompletedTask;

        public ValueTask DisposeAsync() => new(_provider.DisposeWhileTimePassesAsync(_server.Time));
    }

    private sealed class Handler(LongLivedTokens server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(server.Answer(request));
    }
}
