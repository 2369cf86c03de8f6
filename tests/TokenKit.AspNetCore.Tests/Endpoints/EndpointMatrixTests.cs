using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;

namespace TokenKit.Tests;

/// <summary>Who is answered what: anonymous, wrong role, right role, locked, unknown.</summary>
public sealed class EndpointMatrixTests
{
    private const string NoSuchToken = "No such token";

    public static TheoryData<string, string, string?, HttpStatusCode> Matrix => new()
    {
        // Anonymous: asked to sign in, whatever the name.
        { "GET", "/tokens", null, HttpStatusCode.Unauthorized },
        { "GET", "/tokens/crm", null, HttpStatusCode.Unauthorized },
        { "GET", "/tokens/unknown", null, HttpStatusCode.Unauthorized },
        { "POST", "/tokens/crm/refresh", null, HttpStatusCode.Unauthorized },
        { "PUT", "/tokens/crm/seed", null, HttpStatusCode.Unauthorized },
        { "DELETE", "/tokens/crm", null, HttpStatusCode.Unauthorized },
        { "POST", "/tokens/crm/acme/refresh", null, HttpStatusCode.Unauthorized },

        // The wrong role: as if there were no such token.
        { "GET", "/tokens/crm", "role=postmaster", HttpStatusCode.NotFound },
        { "POST", "/tokens/crm/refresh", "role=postmaster", HttpStatusCode.NotFound },
        { "POST", "/tokens/crm/refresh", "role=reader", HttpStatusCode.NotFound },
        { "POST", "/tokens/crm/acme/refresh", "role=reader", HttpStatusCode.NotFound },
        { "POST", "/tokens/crm/refresh", "role=keeper", HttpStatusCode.NotFound },
        { "PUT", "/tokens/crm/seed", "role=operator", HttpStatusCode.NotFound },
        { "DELETE", "/tokens/crm", "role=operator", HttpStatusCode.NotFound },
        { "DELETE", "/tokens/crm/acme", "role=operator", HttpStatusCode.NotFound },
        { "GET", "/tokens/crm/access-token", "role=operator", HttpStatusCode.NotFound },

        // The right role.
        { "GET", "/tokens", "role=postmaster", HttpStatusCode.OK },
        { "GET", "/tokens/crm", "role=reader", HttpStatusCode.OK },
        { "GET", "/tokens/crm", "role=operator", HttpStatusCode.OK },
        { "POST", "/tokens/crm/refresh", "role=operator", HttpStatusCode.OK },
        { "PUT", "/tokens/crm/seed", "role=keeper", HttpStatusCode.NoContent },
        { "PUT", "/tokens/crm/acme/seed", "role=keeper", HttpStatusCode.NoContent },
        { "DELETE", "/tokens/crm", "role=keeper", HttpStatusCode.NoContent },

        // Locked: refused even to the permitted, who may know that it is there.
        { "GET", "/tokens/vault", "role=operator", HttpStatusCode.OK },
        { "POST", "/tokens/vault/refresh", "role=operator", HttpStatusCode.Forbidden },
        { "PUT", "/tokens/vault/seed", "role=keeper", HttpStatusCode.Forbidden },
        { "DELETE", "/tokens/vault", "role=keeper", HttpStatusCode.Forbidden },
        { "POST", "/tokens/vault/refresh", "role=reader", HttpStatusCode.NotFound },

        // Unknown.
        { "GET", "/tokens/unknown", "role=operator", HttpStatusCode.NotFound },
        { "POST", "/tokens/unknown/refresh", "role=operator", HttpStatusCode.NotFound },
        { "PUT", "/tokens/unknown/seed", "role=keeper", HttpStatusCode.NotFound },
        { "DELETE", "/tokens/unknown", "role=keeper", HttpStatusCode.NotFound },
        { "GET", "/tokens/crm/nobody", "role=reader", HttpStatusCode.NotFound },

        // A refresh changes something, so it does not go by GET.
        { "GET", "/tokens/crm/refresh", "role=operator", HttpStatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Each_caller_gets_what_the_matrix_says(string method, string path, string? user, HttpStatusCode expected)
    {
        await using var host = await TokenWebHost.StartAsync();

        using var answer = await SendAsync(host, method, path, user);

        answer.StatusCode.Should().Be(expected, "{0}", await answer.Content.ReadAsStringAsync());
        if (expected is HttpStatusCode.NotFound or HttpStatusCode.OK or HttpStatusCode.Forbidden)
        {
            answer.Headers.CacheControl!.NoStore.Should().BeTrue();
        }
    }

    [Fact]
    public async Task Unknown_and_forbidden_are_the_same_answer_to_the_byte()
    {
        await using var host = await TokenWebHost.StartAsync();
        foreach (var (method, path) in new[] { ("GET", "/tokens/{0}"), ("POST", "/tokens/{0}/refresh"), ("PUT", "/tokens/{0}/seed"), ("DELETE", "/tokens/{0}") })
        {
            using var forbidden = await SendAsync(host, method, string.Format(null, path, "crm"), "role=postmaster");
            using var unknown = await SendAsync(host, method, string.Format(null, path, "unknown"), "role=postmaster");

            (await forbidden.Content.ReadAsStringAsync()).Should().Be(await unknown.Content.ReadAsStringAsync()).And.Contain(NoSuchToken);
            forbidden.Headers.ToString().Should().Be(unknown.Headers.ToString());
        }
    }

    [Fact]
    public async Task A_caller_sees_in_the_list_what_it_may_see_and_nothing_else()
    {
        await using var host = await TokenWebHost.StartAsync();

        (await NamesAsync(host, "role=reader")).Should().Equal("crm");
        (await NamesAsync(host, "role=postmaster")).Should().Equal("mail");
        (await NamesAsync(host, "role=operator")).Should().Equal("crm", "vault");
        (await NamesAsync(host, "role=nobody")).Should().BeEmpty();
    }

    [Theory]
    [InlineData("GET", "/tokens/crm/{0}", "role=reader")]
    [InlineData("GET", "/tokens/crm?subject={0}", "role=reader")]
    [InlineData("POST", "/tokens/crm/{0}/refresh", "role=operator")]
    [InlineData("POST", "/tokens/crm/refresh?subject={0}", "role=operator")]
    [InlineData("PUT", "/tokens/crm/{0}/seed", "role=keeper")]
    [InlineData("PUT", "/tokens/crm/seed?subject={0}", "role=keeper")]
    [InlineData("DELETE", "/tokens/crm/{0}", "role=keeper")]
    [InlineData("GET", "/tokens/mail/{0}/access-token", "role=postmaster")]
    [InlineData("GET", "/tokens/mail/access-token?subject={0}", "role=postmaster")]
    public async Task A_subject_that_is_too_long_is_refused_and_nothing_is_made_for_it(string method, string path, string user)
    {
        await using var host = await TokenWebHost.StartAsync(
            static (builder, _) => builder.Services.AddAuthorizationBuilder().AddPolicy("takers", static policy => policy.RequireAuthenticatedUser()),
            static app => app.MapTokenRefresh(configure: static options => options.EnableAccessToken("mail", "takers")));
        var requests = host.Endpoint.TokenRequests;

        using var answer = await SendAsync(host, method, string.Format(null, path, new string('n', 257)), user);

        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest, "{0}", text);
        text.Should().Contain("257 characters").And.Contain("at most 256").And.NotContain("nnn");
        host.Endpoint.TokenRequests.Should().Be(requests);
        foreach (var name in new[] { "crm", "mail" })
        {
            host.Services.GetRequiredKeyedService<TokenComposition>(name).Flights.Slots.Should().ContainSingle("the registration's own");
        }
    }

    private static async Task<IEnumerable<string?>> NamesAsync(WebHost host, string user)
    {
        using var answer = await SendAsync(host, "GET", "/tokens", user);
        return (await answer.JsonAsync()).GetProperty("tokens").EnumerateArray().Select(token => token.GetProperty("name").GetString());
    }

    private static Task<HttpResponseMessage> SendAsync(WebHost host, string method, string path, string? user)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "PUT")
        {
            request.Content = JsonContent.Create(new { refreshToken = host.Endpoint.IssueRefreshToken(), overwrite = true });
        }

        return host.Client(user).SendAsync(request);
    }
}
