using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;

namespace TokenKit.Tests;

/// <summary>A client of the factory with a token handler whose tokens need no server.</summary>
internal static class RealClient
{
    public static ServiceProvider Register(string url) => Register(client => client.BaseAddress = new(url));

    public static ServiceProvider Register(
        Action<HttpClient> configure,
        Action<IHttpClientBuilder>? after = null,
        PlacementDefinition? placement = null,
        string? host = null,
        Action<IHttpClientBuilder>? before = null)
    {
        var definition = HandlerFixture.Define(placement) with { DangerousAllowHttpOnLoopback = true };
        definition = definition with { Params = definition.Params.Add("host", host ?? "") };
        var collection = new ServiceCollection();
        collection.AddKeyedSingleton<ITokenSource>("crm", new FakeTokenSource(definition));
        collection.AddKeyedSingleton<IDefinitionSource>("crm", new SettableDefinitionSource(definition));
        var builder = collection.AddHttpClient("api", configure);
        before?.Invoke(builder);
        builder.AddTokenRefreshHandler("crm");
        after?.Invoke(builder);
        return collection.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }

    public static HttpClient Of(IServiceProvider services, string name = "api") =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
}
