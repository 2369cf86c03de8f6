using TokenKit;
using TokenKit.Storage;

namespace TrimSmoke;

/// <summary>A definition from configuration, a refresh, and a call that carries the token.</summary>
internal static class CallThroughTheHandler
{
    public static async Task<string?> FaultAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTokenOfCrm();
        services.AddHttpClient("api", static http => http.BaseAddress = new("https://api.example.test"))
            .AddTokenRefreshHandler("crm")
            .ConfigurePrimaryHttpMessageHandler(static () => new OneAnswer("{}"));

        await using var provider = services.BuildServiceProvider();
        using var api = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        using var answer = await api.GetAsync("orders");
        var sent = answer.RequestMessage!.Headers.Authorization?.ToString();
        return sent == "Bearer access-1" ? null : $"The call left with '{sent}'.";
    }
}
