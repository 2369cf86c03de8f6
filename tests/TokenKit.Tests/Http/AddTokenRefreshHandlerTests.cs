using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;
using TokenKit.Http;

namespace TokenKit.Tests;

public sealed class AddTokenRefreshHandlerTests
{
    private const string Ok = "HTTP/1.1 200 OK";

    [Fact]
    public async Task A_client_of_the_factory_sends_the_token_over_a_real_socket_exactly_once()
    {
        await using var api = new RawApi(_ => Ok);
        await using var services = RealClient.Register(client => client.BaseAddress = new(api.Url));

        using var response = await RealClient.Of(services).GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        Lines(api.Heads.Single(), "Authorization").Should().Equal("Authorization: Bearer access-1");
    }

    [Theory]
    [InlineData("abc/def==")]
    [InlineData("Bearer a,b;c=\"d\"")]
    [InlineData("plain")]
    public async Task Any_safe_value_reaches_the_wire_as_it_is(string value)
    {
        await using var api = new RawApi(_ => Ok);
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url), placement: new() { Headers = [FixedTemplate.Field("Authorization", value)] });

        using var response = await RealClient.Of(services).GetAsync("orders");

        Lines(api.Heads.Single(), "Authorization").Should().Equal($"Authorization: {value}");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_real_redirect_to_another_port_carries_no_token(int status)
    {
        await using var other = new RawApi(_ => Ok);
        await using var api = new RawApi(_ => $"HTTP/1.1 {status} Moved\r\nLocation: {other.Url}/x");
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url),
            placement: HandlerFixture.Bearer with
            {
                Headers = [FixedTemplate.Field("Authorization", "Bearer ${token.access}"), FixedTemplate.Field("X-Api-Key", "${token.access}")],
                Query = [FixedTemplate.Field("key", "${token.access}")],
            });

        using var response = await RealClient.Of(services).GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        api.Heads.Single().Should().Contain("access-1");
        other.Heads.Single().Should().StartWith("GET /x HTTP/1.1").And.NotContain("access-");
    }

    [Fact]
    public async Task A_real_redirect_within_the_origin_carries_the_token()
    {
        await using var api = new RawApi(head => head.StartsWith("GET /orders", StringComparison.Ordinal) ? "HTTP/1.1 302 Found\r\nLocation: /x" : Ok);
        await using var services = RealClient.Register(client => client.BaseAddress = new(api.Url));

        using var response = await RealClient.Of(services).GetAsync("orders");

        api.Heads.Should().HaveCount(2).And.OnlyContain(head => head.Contains("Authorization: Bearer access-1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_primary_handler_that_the_user_sets_later_is_switched_too(bool isSocketsHandler)
    {
        HttpMessageHandler primary = isSocketsHandler
            ? new SocketsHttpHandler { MaxAutomaticRedirections = 1 }
            : new HttpClientHandler { MaxAutomaticRedirections = 1 };
        await using var api = new RawApi(_ => "HTTP/1.1 302 Found\r\nLocation: /again");
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url), builder => builder.ConfigurePrimaryHttpMessageHandler(() => primary));

        using var response = await RealClient.Of(services).GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        (primary is SocketsHttpHandler { AllowAutoRedirect: false } or HttpClientHandler { AllowAutoRedirect: false }).Should().BeTrue();
        api.Heads.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_user_who_follows_no_redirects_still_follows_none()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 302 Found\r\nLocation: /again");
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url),
            builder => builder.ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler { AllowAutoRedirect = false }));

        using var response = await RealClient.Of(services).GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        api.Heads.Should().ContainSingle();
    }

    [Fact]
    public async Task A_primary_handler_shared_by_two_clients_follows_for_both()
    {
        var primary = new SocketsHttpHandler();
        await using var api = new RawApi(head => head.StartsWith("GET /orders", StringComparison.Ordinal) ? "HTTP/1.1 302 Found\r\nLocation: /x" : Ok);
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url),
            builder =>
            {
                builder.ConfigurePrimaryHttpMessageHandler(() => primary);
                builder.Services.AddHttpClient("second", client => client.BaseAddress = new(api.Url))
                    .ConfigurePrimaryHttpMessageHandler(() => primary)
                    .AddTokenRefreshHandler("crm");
            });

        using var first = await RealClient.Of(services).GetAsync("orders");
        using var second = await RealClient.Of(services, "second").GetAsync("orders");

        second.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_primary_handler_that_was_used_before_is_refused()
    {
        var primary = new SocketsHttpHandler();
        await using var api = new RawApi(_ => Ok);
        using (var used = new HttpClient(primary, disposeHandler: false))
        {
            await used.GetAsync(api.Url);
        }

        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url), builder => builder.ConfigurePrimaryHttpMessageHandler(() => primary));

        var create = () => RealClient.Of(services);

        create.Should().Throw<InvalidOperationException>().WithMessage("*'api'*AllowAutoRedirect = false*");
    }

    [Fact]
    public async Task A_client_without_a_base_address_fails_at_its_first_send_and_names_the_setting()
    {
        await using var services = RealClient.Register(_ => { });

        var send = () => RealClient.Of(services).GetAsync("https://api.example.com/orders");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*'api'*https://api.example.com*Placement:AllowedOrigins*'crm'*");
    }

    [Fact]
    public async Task A_request_to_another_origin_fails_and_names_both_without_path_and_query()
    {
        await using var services = RealClient.Register(client => client.BaseAddress = new("https://api.example.com"));

        var send = () => RealClient.Of(services).GetAsync("https://evil.example/path?secret=1");

        (await send.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should()
            .Contain("'api'").And.Contain("https://evil.example:").And.Contain("https://api.example.com").And.Contain("AllowedOrigins")
            .And.NotContain("path").And.NotContain("secret");
    }

    [Fact]
    public async Task A_base_url_of_the_definition_becomes_the_clients_base_address()
    {
        await using var api = new RawApi(_ => Ok);
        await using var services = RealClient.Register(
            _ => { }, placement: HandlerFixture.Bearer with { BaseUrl = [new FixedTemplate("${param.host}/api/v1")] }, host: api.Url);

        using var response = await RealClient.Of(services).GetAsync("orders");

        RealClient.Of(services).BaseAddress.Should().Be(new Uri(api.Url + "/api/v1/"));
        api.Heads.Single().Should().StartWith("GET /api/v1/orders HTTP/1.1");
    }

    [Fact]
    public async Task A_base_url_known_only_with_the_token_gives_the_client_a_placeholder()
    {
        await using var services = RealClient.Register(
            _ => { }, placement: HandlerFixture.Bearer with { BaseUrl = [new FixedTemplate("${token.values.url}")], BaseUrlNeedsToken = true });

        RealClient.Of(services).BaseAddress.Should().Be(new Uri("https://crm.tokenkit.invalid/"));
    }

    [Fact]
    public async Task The_handler_is_inside_handlers_that_were_added_before()
    {
        var seen = new List<string?>();
        await using var api = new RawApi(_ => Ok);
        await using var services = RealClient.Register(
            client => client.BaseAddress = new(api.Url),
            builder => builder.AddHttpMessageHandler(() => new LookingHandler(seen)),
            before: builder => builder.AddHttpMessageHandler(() => new LookingHandler(seen)));

        await RealClient.Of(services).GetAsync("orders");

        seen.Should().Equal(null, "Bearer access-1");
    }

    [Fact]
    public void In_client_defaults_it_is_refused()
    {
        var services = new ServiceCollection();

        var add = () => services.ConfigureHttpClientDefaults(builder => builder.AddTokenRefreshHandler("crm"));

        add.Should().Throw<InvalidOperationException>().WithMessage("*ConfigureHttpClientDefaults*AddHttpClient*");
    }

    [Fact]
    public void On_a_back_channel_client_it_is_refused()
    {
        var add = () => new ServiceCollection().AddHttpClient("tokenkit-crm").AddTokenRefreshHandler("crm");

        add.Should().Throw<InvalidOperationException>().WithMessage("*'tokenkit-crm'*wait for itself*");
    }

    [Fact]
    public void A_second_token_on_one_client_is_refused()
    {
        var builder = new ServiceCollection().AddHttpClient("api").AddTokenRefreshHandler("crm");

        var add = () => builder.AddTokenRefreshHandler("erp");

        add.Should().Throw<InvalidOperationException>().WithMessage("*'api'*'crm'*\"erp\"*");
    }

    [Fact]
    public async Task The_same_token_twice_on_one_client_is_once()
    {
        await using var api = new RawApi(_ => Ok);
        await using var services = RealClient.Register(client => client.BaseAddress = new(api.Url), builder => builder.AddTokenRefreshHandler("crm"));

        await RealClient.Of(services).GetAsync("orders");

        services.GetRequiredKeyedService<ITokenSource>("crm").As<FakeTokenSource>().Asked.Should().Be(1);
    }

    [Fact]
    public async Task An_unknown_token_fails_when_the_client_is_created_and_names_the_call()
    {
        var collection = new ServiceCollection();
        collection.AddHttpClient("api").AddTokenRefreshHandler("crm");
        await using var services = collection.BuildServiceProvider();

        var create = () => RealClient.Of(services);

        create.Should().Throw<InvalidOperationException>().WithMessage("*'api'*services.AddTokenRefresh(\"crm\"*");
    }

    [Fact]
    public async Task The_token_headers_stay_redacted_whatever_the_user_redacts()
    {
        await using var services = RealClient.Register(
            _ => { },
            builder => builder.RedactLoggedHeaders(["X-Mine"]),
            placement: new() { Headers = [FixedTemplate.Field("X-Session", "${token.access}")] });

        var isRedacted = services.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get("api").ShouldRedactHeaderValue;

        new[] { "authorization", "x-session", "X-Mine", "Accept" }.Select(header => isRedacted(header)).Should().Equal(true, true, true, false);
    }

    [Fact]
    public async Task The_platforms_own_redaction_of_everything_stays()
    {
        await using var services = RealClient.Register(_ => { });

        var isRedacted = services.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get("api").ShouldRedactHeaderValue;

        isRedacted("Accept").Should().Be(new HttpClientFactoryOptions().ShouldRedactHeaderValue("Accept"));
    }

    [Fact]
    public async Task A_configuration_that_sends_is_told_so_and_nothing_leaves()
    {
        await using var services = RealClient.Register(client => client.GetAsync("https://api.example.com/").GetAwaiter().GetResult());

        var probe = () => services.GetRequiredService<ClientBaseAddress>().Of("api");

        probe.Should().Throw<InvalidOperationException>().WithMessage("*'api'*sent a request*");
    }

    private static IEnumerable<string> Lines(string head, string name) =>
        head.Split("\r\n").Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));

    private sealed class LookingHandler(List<string?> seen) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Add(request.Headers.Authorization?.ToString());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
