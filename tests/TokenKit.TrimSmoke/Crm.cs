using System.Net;
using System.Text;
using TokenKit;

namespace TrimSmoke;

/// <summary>The token both parts use, from configuration, and a server that always answers the same.</summary>
internal static class Crm
{
    public static void AddTokenOfCrm(this IServiceCollection services)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("TokenRefresh:crm:TokenEndpoint", "https://login.example.test/token"),
            new("TokenRefresh:crm:Grant", "client_credentials"),
            new("TokenRefresh:crm:Client:Id", "trimmed"),
            new("TokenRefresh:crm:Client:Secret", "${secret.crm}"),
            new("Secrets:crm", "not-a-secret"),
        ]).Build();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddTokenRefresh(configuration.GetSection("TokenRefresh"));
        services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(
            static () => new OneAnswer("""{"access_token":"access-1","token_type":"Bearer","expires_in":3600}"""));
    }
}

/// <summary>Answers everything with one text.</summary>
internal sealed class OneAnswer(string json) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            RequestMessage = request,
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        });
}
