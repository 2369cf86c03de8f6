using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit;

// A whole refresh in a trimmed program: what the linker took away by mistake would be missing here.
var configuration = new ConfigurationBuilder().AddInMemoryCollection(
[
    new("TokenRefresh:crm:TokenEndpoint", "https://login.example.test/token"),
    new("TokenRefresh:crm:Grant", "client_credentials"),
    new("TokenRefresh:crm:Client:Id", "trimmed"),
    new("TokenRefresh:crm:Client:Secret", "${secret.crm}"),
    new("Secrets:crm", "not-a-secret"),
]).Build();
var services = new ServiceCollection();
services.AddSingleton<IConfiguration>(configuration);
services.AddLogging();
services.AddTokenRefresh(configuration.GetSection("TokenRefresh"));
services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(static () => new OneAnswer("""{"access_token":"access-1","token_type":"Bearer","expires_in":3600}"""));
services.AddHttpClient("api", static http => http.BaseAddress = new("https://api.example.test"))
    .AddTokenRefreshHandler("crm")
    .ConfigurePrimaryHttpMessageHandler(static () => new OneAnswer("{}"));

await using var provider = services.BuildServiceProvider();
using var api = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
using var answer = await api.GetAsync("orders");
var sent = answer.RequestMessage!.Headers.Authorization?.ToString();
Console.WriteLine(sent == "Bearer access-1" ? "TokenKit survived trimming." : $"The call left with '{sent}'.");
return sent == "Bearer access-1" ? 0 : 1;

internal sealed class OneAnswer(string json) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            RequestMessage = request,
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        });
}
