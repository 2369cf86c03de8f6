using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Registrations as programs make them, against the endpoint of the test.</summary>
internal static class Registrations
{
    public static ITokenRefreshBuilder AddClientCredentials(
        this IServiceCollection services, string name, FakeTokenEndpoint endpoint, Action<TokenRefreshOptions>? configure = null)
    {
        services.UseFakeTokenEndpoint(name, endpoint);
        return services.AddTokenRefresh(name, token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            configure?.Invoke(token);
        }).UseInMemoryStore();
    }

    public static ITokenRefreshBuilder AddRefreshToken(
        this IServiceCollection services, string name, FakeTokenEndpoint endpoint, Action<TokenRefreshOptions>? configure = null) =>
        services.AddClientCredentials(name, endpoint, token =>
        {
            token.Grant = TokenGrants.RefreshToken;
            configure?.Invoke(token);
        });
}
