using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

public sealed class AlwaysRejectedTests
{
    [Fact]
    public async Task An_api_that_refuses_every_token_for_a_minute_of_a_hundred_calls_a_second_forces_three_refreshes_at_most()
    {
        await using var host = TokenHost.WithClientCredentials(services: services =>
            services.AddHttpClient("api", http => http.BaseAddress = new("https://api.example.com"))
                .AddTokenRefreshHandler(TokenHost.Name)
                .ConfigurePrimaryHttpMessageHandler(() => new RefusingApi()));
        var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        for (var call = 0; call < 6000; call++)
        {
            using var response = await client.GetAsync("orders");
            response.StatusCode.Should().Be(HttpStatusCode.Unauthorized, "the API's own answer is what the caller gets");
            host.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        host.Endpoint.TokenRequests.Should().BeInRange(2, 4, "the first acquisition, and at most one forced refresh in thirty seconds");
    }

    private sealed class RefusingApi : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.Unauthorized) { RequestMessage = request });
    }
}
