using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Http.Primary;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Primary handlers that may follow redirects by themselves.</summary>
public sealed class PrimaryHandlerTests
{
    private static readonly PlacementDefinition InAHeader = new() { Headers = [FixedTemplate.Field("X-Token", "${token.access}")] };

    [Fact]
    public async Task Behind_a_handler_of_an_unknown_kind_a_token_goes_in_no_header_but_authorization()
    {
        await using var other = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var api = new RawApi(_ => $"HTTP/1.1 302 Found\r\nLocation: {other.Url}/x");
        await using var services = Register(api, InAHeader);

        var send = () => RealClient.Of(services).GetAsync("orders");

        await send.Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("*'crm'*header other than Authorization*Wrapping*.FollowsNoRedirects<Wrapping>()*");
        api.Heads.Should().BeEmpty();
        other.Heads.Should().BeEmpty();
    }

    [Theory]
    [InlineData("${secret.key}")]
    [InlineData("${client.secret}")]
    [InlineData("${assertion.saml}")]
    [InlineData("${token.values.session}")]
    public async Task Nor_does_anything_that_may_be_secret(string value)
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = Register(api, HandlerFixture.Bearer with { Headers = [.. HandlerFixture.Bearer.Headers, FixedTemplate.Field("X-Key", value)] });

        var send = () => RealClient.Of(services).GetAsync("orders");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*header other than Authorization*");
        api.Heads.Should().BeEmpty();
    }

    [Fact]
    public async Task What_no_token_and_no_secret_stands_in_may_go_anywhere()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = Register(api, new()
        {
            Headers =
            [
                .. HandlerFixture.Bearer.Headers,
                FixedTemplate.Field("Accept", "application/vnd.github+json"),
                FixedTemplate.Field("X-Tenant", "eu${param.host}"),
                FixedTemplate.Field("X-Request-Id", "${uuid}", perCall: true),
            ],
        });

        using var response = await RealClient.Of(services).GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        api.Heads.Single().Should().Contain("access-1").And.Contain("application/vnd.github+json");
    }

    [Fact]
    public async Task A_signer_may_put_the_token_into_any_header()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = Register(api, HandlerFixture.Bearer with { Sign = "house" }, client =>
            client.Services.AddKeyedSingleton<IRequestSigner, HouseSigner>("house"));
        await using var plain = Register(api, HandlerFixture.Bearer with { Sign = "house" }, client =>
        {
            client.Services.AddKeyedSingleton<IRequestSigner, HouseSigner>("house");
            client.FollowsNoRedirects<Wrapping>();
        });

        var send = () => RealClient.Of(services).GetAsync("orders");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*the signer 'house'*'crm'*Wrapping*.FollowsNoRedirects<Wrapping>()*");
        api.Heads.Should().BeEmpty();
        using var response = await RealClient.Of(plain).GetAsync("orders");
        api.Heads.Single().Should().Contain("X-Signed: access-1");
    }

    [Fact]
    public async Task A_reload_in_the_middle_of_a_call_puts_it_in_no_header_either()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = Register(api, HandlerFixture.Bearer);
        var source = (FakeTokenSource)services.GetRequiredKeyedService<ITokenSource>("crm");
        var definitions = (SettableDefinitionSource)services.GetRequiredKeyedService<IDefinitionSource>("crm");
        var gate = new TaskCompletionSource();
        source.Gate = gate.Task;

        var sending = RealClient.Of(services).GetAsync("orders");
        sending.IsCompleted.Should().BeFalse();
        definitions.Current = source.Definition = definitions.Current with { Placement = InAHeader };
        gate.SetResult();

        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<InvalidOperationException>().WithMessage("*header other than Authorization*");
        api.Heads.Should().BeEmpty();
    }

    [Fact]
    public async Task In_authorization_it_goes_and_the_platform_takes_it_off()
    {
        await using var other = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var api = new RawApi(_ => $"HTTP/1.1 302 Found\r\nLocation: {other.Url}/x");
        await using var services = Register(api, HandlerFixture.Bearer);

        using var response = await RealClient.Of(services).GetAsync("orders");

        api.Heads.Single().Should().Contain("access-1");
        other.Heads.Single().Should().NotContain("access-");
    }

    [Fact]
    public async Task Who_says_that_the_handler_follows_none_may_use_any_header()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = Register(api, InAHeader, client => client.FollowsNoRedirects<Wrapping>());

        using var response = await RealClient.Of(services).GetAsync("orders");

        api.Heads.Single().Should().Contain("X-Token: access-1");
    }

    [Fact]
    public async Task A_request_that_skips_its_token_goes_out_all_the_same()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = Register(api, InAHeader);

        using var response = await RealClient.Of(services).SendAsync(new HttpRequestMessage(HttpMethod.Get, "orders").SkipToken());

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public void The_fakes_of_the_testing_package_follow_none()
    {
        using var fake = new FakeApi(new FakeTokenEndpoint()).CreateHandler();

        NoRedirects.IsKnownFor(fake).Should().BeTrue();
    }

    [Fact]
    public void The_handler_over_windows_is_known_by_its_name()
    {
        var handler = new System.Net.Http.WinHttpHandler { MaxAutomaticRedirections = 7 };

        var settings = PrimarySettings.Of(handler)!;
        (settings.FollowsRedirects, settings.MaxRedirects, settings.KeepsCookies).Should().Be((true, 7, true));
        settings.FollowsRedirects = false;
        settings.KeepsCookies = false;

        handler.AutomaticRedirection.Should().BeFalse();
        handler.CookieUsePolicy.Should().Be(System.Net.Http.CookieUsePolicy.IgnoreCookies);
        PrimarySettings.Of(handler)!.KeepsCookies.Should().BeFalse();
    }

    private static ServiceProvider Register(RawApi api, PlacementDefinition placement, Action<IHttpClientBuilder>? more = null) =>
        RealClient.Register(
            client => client.BaseAddress = new(api.Url),
            client =>
            {
                client.ConfigurePrimaryHttpMessageHandler(() => new Wrapping());
                more?.Invoke(client);
            },
            placement);

    private sealed class HouseSigner : IRequestSigner
    {
        public ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
        {
            request.Headers.Add("X-Signed", context.Token!.Reveal());
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Hides a client that follows redirects, as some handlers for tests and proxies do.</summary>
    private sealed class Wrapping : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _inner = new(new SocketsHttpHandler());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _inner.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
