using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Language.Origins;
using TokenKit.Storage;

namespace TokenKit.Interop.Tests;

/// <summary>A program as a user would write it: one registration, one HTTP client for the provider's API.</summary>
internal sealed class TokenClient : IAsyncDisposable
{
    private const string Name = "provider";
    private readonly ServiceProvider services;
    private readonly HttpClient api;

    public TokenClient(AuthorizationServer server, string clientId, Action<TokenRefreshOptions> configure)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddTokenRefresh(Name, token =>
        {
            token.TokenEndpoint = server.TokenEndpoint;
            token.Grant = TokenGrants.RefreshToken;
            token.Client.Id = clientId;
            token.Client.Secret = server.SecretOf(clientId);
            token.DangerousAllowHttpOnLoopback = true;
            configure(token);
        }).UseInMemoryStore();
        collection.AddHttpClient("api", http => http.BaseAddress = server.Origin).AddTokenRefreshHandler(Name);
        services = collection.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Tokens = services.GetRequiredKeyedService<ITokenSource>(Name);
        Refresher = services.GetRequiredKeyedService<ITokenRefresher>(Name);
        api = services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
    }

    public ITokenSource Tokens { get; }

    public ITokenRefresher Refresher { get; }

    /// <summary>A client with a refresh token that a person has just obtained.</summary>
    public static async Task<TokenClient> SeededAsync(AuthorizationServer server, string clientId, Action<TokenRefreshOptions>? configure = null)
    {
        var client = new TokenClient(server, clientId, configure ?? (_ => { }));
        (await client.Tokens.SeedAsync(new TokenSeed(await server.IssueRefreshTokenAsync(clientId)))).Should().BeTrue();
        return client;
    }

    /// <summary>Calls the API once; the status is what it said to the token.</summary>
    public async Task<HttpStatusCode> CallApiAsync()
    {
        using var response = await api.GetAsync("/api");
        return response.StatusCode;
    }

    /// <summary>Has several callers call the API one call after the other, until a moment comes.</summary>
    public async Task<IReadOnlyList<HttpStatusCode>> CallApiUntilAsync(int callers, CancellationToken moment)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            var seen = new List<HttpStatusCode>();
            while (!moment.IsCancellationRequested)
            {
                seen.Add(await CallApiAsync());
            }

            return seen;
        }));
        return [.. answers.SelectMany(seen => seen)];
    }

    public async ValueTask DisposeAsync()
    {
        api.Dispose();
        await services.DisposeAsync();
    }
}
