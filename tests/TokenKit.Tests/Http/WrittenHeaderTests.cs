using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Headers go out as the definition writes them, on calls and on token requests.</summary>
public sealed class WrittenHeaderTests
{
    public static TheoryData<string, string> Values() => new()
    {
        { "User-Agent", "android:com.example.app:v1.2.3 (by /u/ann)" },
        { "User-Agent", "Acme, Inc." },
        { "User-Agent", "Sample Company AdminContact@sample.example" },
        { "Accept", "application/json;odata=verbose" },
        { "Date", "2026-12-01T00:00:00Z" },
        { "If-Match", "no-quotes" },
        { "X-Own", "a,b;c=\"d\"" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task On_a_call_a_value_stands_as_it_is_written(string name, string value)
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url),
            placement: HandlerFixture.Bearer with { Headers = [.. HandlerFixture.Bearer.Headers, FixedTemplate.Field(name, value)] });

        using var response = await RealClient.Of(services).GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        api.Heads.Single().Split("\r\n").Should().Contain($"{name}: {value}");
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task On_a_token_request_a_value_stands_as_it_is_written(string name, string value)
    {
        var head = await TokenRequestAsync(token => token.Request.Headers[name] = value);

        head.Split("\r\n").Should().Contain($"{name}: {value}");
    }

    [Fact]
    public async Task A_token_request_says_who_asks()
    {
        var head = await TokenRequestAsync(static _ => { });

        head.Split("\r\n").Should().ContainSingle(line => line.StartsWith("User-Agent:"))
            .Which.Should().MatchRegex("^User-Agent: TokenKit/[0-9]+\\.[0-9]+");
    }

    [Fact]
    public async Task The_definition_and_the_client_may_say_it_otherwise()
    {
        var byDefinition = await TokenRequestAsync(token => token.Request.Headers["User-Agent"] = "mine/1");
        var byClient = await TokenRequestAsync(static _ => { }, client => client.ConfigureHttpClient(http => http.DefaultRequestHeaders.UserAgent.ParseAdd("theirs/2")));

        byDefinition.Split("\r\n").Should().ContainSingle(line => line.StartsWith("User-Agent:")).Which.Should().Be("User-Agent: mine/1");
        byClient.Split("\r\n").Should().ContainSingle(line => line.StartsWith("User-Agent:")).Which.Should().Be("User-Agent: theirs/2");
    }

    [Fact]
    public async Task A_value_with_a_line_break_goes_out_nowhere()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url),
            placement: HandlerFixture.Bearer with { Headers = [.. HandlerFixture.Bearer.Headers, FixedTemplate.Field("User-Agent", "a\r\nX-Injected: b")] });

        var send = () => RealClient.Of(services).GetAsync("orders");

        await send.Should().ThrowAsync<Exception>();
        api.Heads.Should().BeEmpty();
    }

    private static async Task<string> TokenRequestAsync(Action<TokenRefreshOptions> change, Action<IHttpClientBuilder>? client = null)
    {
        await using var server = new RawApi(_ => "HTTP/1.1 500 Error");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddTokenRefresh("crm", token =>
        {
            token.DangerousAllowHttpOnLoopback = true;
            token.Request.Url = server.Url + "/token";
            token.Request.Form["grant_type"] = "client_credentials";
            token.Resilience.Attempts = 1;
            change(token);
        });
        client?.Invoke(services.AddHttpClient("tokenkit-crm"));
        await using var provider = services.BuildServiceProvider();
        var get = async () => await provider.GetTokenSource("crm").GetTokenAsync();

        await get.Should().ThrowAsync<TokenRefreshException>();
        return server.Heads.Single();
    }
}
