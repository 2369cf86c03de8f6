using System.Net;
using System.Text;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using WebApi;

namespace TokenKit.Tests;

/// <summary>The sample as it is, asked as its users would ask it.</summary>
public sealed class WebApiMatrixTests : IClassFixture<WebApplicationFactory<Program>>
{
    private readonly WebApplicationFactory<Program> _sample;

    public WebApiMatrixTests(WebApplicationFactory<Program> sample) => _sample = sample;

    public static TheoryData<string, string, string?, HttpStatusCode> Matrix => new()
    {
        { "GET", "/tokens", null, HttpStatusCode.Unauthorized },
        { "GET", "/tokens/ui", null, HttpStatusCode.Unauthorized },
        { "POST", "/tokens/crm/refresh", null, HttpStatusCode.Unauthorized },
        { "GET", "/orders", null, HttpStatusCode.Unauthorized },
        { "GET", "/tokens", "reader", HttpStatusCode.OK },
        { "GET", "/tokens/crm", "reader", HttpStatusCode.OK },
        { "GET", "/tokens/ui", "reader", HttpStatusCode.OK },
        { "POST", "/tokens/crm/refresh", "reader", HttpStatusCode.NotFound },
        { "GET", "/tokens/partner", "reader", HttpStatusCode.NotFound },
        { "GET", "/tokens/partner/access-token", "reader", HttpStatusCode.Forbidden },
        { "GET", "/orders", "reader", HttpStatusCode.Unauthorized },
        { "POST", "/tokens/crm/refresh", "operator", HttpStatusCode.OK },
        { "GET", "/tokens/partner/access-token", "operator", HttpStatusCode.OK },
        { "GET", "/tokens/crm/access-token", "operator", HttpStatusCode.NotFound },
        { "DELETE", "/tokens/crm", "operator", HttpStatusCode.NotFound },
        { "GET", "/tokens/unknown", "operator", HttpStatusCode.NotFound },
        { "POST", "/tokens/unknown/refresh", "operator", HttpStatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Each_user_of_the_sample_gets_what_the_sample_grants(string method, string path, string? user, HttpStatusCode expected)
    {
        using var client = _sample.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (user is not null)
        {
            var password = _sample.Services.GetRequiredService<DemoUsers>().Password;
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        }

        using var answer = await client.SendAsync(request);

        answer.StatusCode.Should().Be(expected);
    }
}
