using System.Net;

namespace TokenKit.Interop.Tests;

/// <summary>What the other tests take for granted about the provider; when an upgrade changes it, this says so.</summary>
[Collection(InteropCollection.Name)]
public sealed class ProviderTests(AuthorizationServerFixture fixture)
{
    [InteropFact]
    public async Task The_provider_detects_a_refresh_token_that_comes_a_second_time()
    {
        var server = await fixture.StartAsync();
        var seed = await server.IssueRefreshTokenAsync("public");
        using var http = new HttpClient();

        var first = await RefreshAsync(http, server, seed);
        var second = await RefreshAsync(http, server, seed);

        first.Should().Be(HttpStatusCode.OK);
        second.Should().Be(HttpStatusCode.BadRequest);
        var requests = await server.TokenRequestsAsync();
        requests.Select(request => request.IsReuse).Should().Equal(false, true);
        requests[0].Should().BeEquivalentTo(new { Grant = "refresh_token", Authentication = "none", Client = "public", Outcome = "ok" });
    }

    [InteropFact]
    public async Task The_provider_accepts_it_once_more_inside_the_grace()
    {
        var server = await fixture.StartAsync(new ServerSettings { ReuseGrace = 30 });
        var seed = await server.IssueRefreshTokenAsync("public");
        using var http = new HttpClient();

        await RefreshAsync(http, server, seed);
        var second = await RefreshAsync(http, server, seed);

        second.Should().Be(HttpStatusCode.OK);
        (await server.TokenRequestsAsync()).Should().OnlyContain(request => !request.IsReuse);
    }

    [InteropFact]
    public async Task A_dropped_answer_leaves_the_refresh_token_rotated()
    {
        var server = await fixture.StartAsync();
        var seed = await server.IssueRefreshTokenAsync("public");
        await server.DropAnswersAsync();
        using var http = new HttpClient();

        var lost = () => RefreshAsync(http, server, seed);

        await lost.Should().ThrowAsync<HttpRequestException>();
        (await RefreshAsync(http, server, seed)).Should().Be(HttpStatusCode.BadRequest);
        (await server.TokenRequestsAsync()).Should().ContainSingle(request => request.IsReuse);
    }

    private static async Task<HttpStatusCode> RefreshAsync(HttpClient http, AuthorizationServer server, string refreshToken)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = "public",
            ["refresh_token"] = refreshToken,
        });
        using var response = await http.PostAsync(server.TokenEndpoint, form);
        return response.StatusCode;
    }
}
