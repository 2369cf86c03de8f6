using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using TokenKit.Testing;

namespace TokenKit.Redis.Tests;

/// <summary>A program in this process whose tokens are kept in Redis, against a token server that rotates strictly.</summary>
internal sealed class RefreshingProgram : IAsyncDisposable
{
    private const string Name = "crm";

    private readonly ServiceProvider _provider;

    /// <param name="redis">Stays the caller's.</param>
    /// <param name="endpoint">The token server.</param>
    /// <param name="seed">The refresh token to begin with; without one, credentials get the tokens.</param>
    /// <param name="configure">Sets options of the store.</param>
    public RefreshingProgram(IConnectionMultiplexer redis, FakeTokenEndpoint endpoint, string? seed = null, Action<RedisStoreOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh(Name, token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = seed is null ? TokenGrants.ClientCredentials : TokenGrants.RefreshToken;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            token.Seed.RefreshToken = seed;
            token.Resilience.PersistRetryCap = TimeSpan.FromMilliseconds(100);
        }).UseRedis(redis, configure).UseAesGcm(TestKeys.Key);
        services.UseFakeTokenEndpoint(Name, endpoint);
        _provider = services.BuildServiceProvider();
    }

    public async Task RefreshAsync() => (await _provider.GetRequiredKeyedService<ITokenRefresher>(Name).RefreshAsync()).Failure.Should().BeNull();

    /// <summary>The access token that a caller is served.</summary>
    public async Task<string> TokenAsync() => (await _provider.GetRequiredKeyedService<ITokenSource>(Name).GetTokenAsync()).Reveal();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
