using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using TokenKit.Testing;

namespace TokenKit.Clients.Tests;

/// <summary>The platform's service discovery and resilience, set up as the template for cloud applications does.</summary>
public sealed class ServiceDiscoveryTests
{
    [Theory]
    [InlineData("https+http://crm")]
    [InlineData("https://crm")]
    public async Task Defaults_with_resilience_and_discovery_let_every_rightful_call_through(string baseAddress)
    {
        await using var program = new Program(baseAddress);

        using var first = await program.Http.GetAsync("orders");
        using var second = await program.Http.PostAsync("orders", new StringContent("pear"));

        program.Sent.Should().Equal("https://10.0.0.7:8443/orders", "https://10.0.0.7:8443/orders");
        program.Tokens.Should().OnlyContain(static token => token != null);
    }

    [Fact]
    public async Task A_401_and_a_retry_around_find_the_service_again()
    {
        var calls = 0;
        await using var program = new Program("https+http://crm", _ => ++calls switch
        {
            1 => HttpStatusCode.Unauthorized,
            2 => HttpStatusCode.ServiceUnavailable,
            _ => HttpStatusCode.OK,
        });

        using var response = await program.Http.GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        program.Sent.Should().HaveCount(3).And.OnlyContain(static sent => sent == "https://10.0.0.7:8443/orders");
        program.Endpoint.TokenRequests.Should().Be(2);
    }

    [Theory]
    [InlineData("https+http://crm", 2)]
    [InlineData("https+http://erp", 1)]
    [InlineData("https://elsewhere.example", 1)]
    public async Task The_platforms_hedging_lets_rightful_calls_through_and_no_others(string second, int sent)
    {
        var calls = 0;
        await using var program = new Program(
            "https+http://crm",
            _ => ++calls == 1 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK,
            hedge: routing => routing.ConfigureOrderedGroups(groups =>
            {
                groups.Groups.Add(new() { Endpoints = { new() { Uri = new("https+http://crm") } } });
                groups.Groups.Add(new() { Endpoints = { new() { Uri = new(second) } } });
            }));

        try
        {
            using var response = await program.Http.GetAsync("orders");
        }
        catch (InvalidOperationException refused)
        {
            refused.Message.Should().Contain("AllowedOrigins");
        }

        program.Sent.Should().HaveCount(sent).And.OnlyContain(static sent => sent == "https://10.0.0.7:8443/orders");
        program.Tokens.Should().OnlyContain(static token => token != null);
    }

    [Fact]
    public async Task Another_service_and_a_host_that_nobody_resolves_get_no_token()
    {
        await using var program = new Program("https+http://crm");

        foreach (var foreign in (string[])["https+http://erp/orders", "https://elsewhere.example/orders"])
        {
            var send = () => program.Http.GetAsync(foreign);

            await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*AllowedOrigins*");
        }

        program.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task The_token_endpoint_may_have_a_logical_name_too()
    {
        await using var program = new Program("https+http://crm", tokenEndpoint: "https://login/oauth/token");

        using var response = await program.Http.GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        program.TokenRequests.Should().Equal("https://10.0.0.9:9443/oauth/token");
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        public Program(string baseAddress, Func<HttpRequestMessage, HttpStatusCode>? answer = null, string? tokenEndpoint = null, Action<IRoutingStrategyBuilder>? hedge = null)
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Services:crm:https:0"] = "https://10.0.0.7:8443",
                ["Services:erp:https:0"] = "https://10.0.0.8:8443",
                ["Services:login:https:0"] = "https://10.0.0.9:9443",
            }).Build();
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddSingleton<IConfiguration>(configuration);

            if (hedge is null)
            {
                AddAsTheTemplateDoes(services);
            }
            else
            {
                AddHedging(services, hedge);
            }

            services.AddHttpClient("crm-api").ConfigureHttpClient(http => http.BaseAddress = new(baseAddress));

            services.AddTokenRefresh("crm", token =>
            {
                token.TokenEndpoint = tokenEndpoint ?? Endpoint.Address.AbsoluteUri;
                token.Grant = TokenGrants.ClientCredentials;
                token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                token.Freshness.MinimumRefreshInterval = TimeSpan.Zero;
            });
            if (tokenEndpoint is not null)
            {
                // begin-snippet: calls-discovery-of-the-token-endpoint
                services.AddHttpClient("tokenkit-crm").AddServiceDiscovery();
                // end-snippet
            }

            services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => new Wire(request =>
            {
                TokenRequests.Enqueue(request.RequestUri!.AbsoluteUri);
                request.RequestUri = Endpoint.Address;
            }, new HttpMessageInvoker(Endpoint.CreateHandler())));
            services.AddHttpClient("crm-api").ConfigurePrimaryHttpMessageHandler(() => new Answers(this, answer ?? (static _ => HttpStatusCode.OK)));
            _services = services.BuildServiceProvider();
        }

        public FakeTokenEndpoint Endpoint { get; } = new();

        public ConcurrentQueue<string> Sent { get; } = [];

        public ConcurrentQueue<string?> Tokens { get; } = [];

        public ConcurrentQueue<string> TokenRequests { get; } = [];

        public HttpClient Http => _services.GetRequiredService<IHttpClientFactory>().CreateClient("crm-api");

        public ValueTask DisposeAsync() => _services.DisposeAsync();

        private static void AddAsTheTemplateDoes(IServiceCollection services)
        {
            // begin-snippet: calls-discovery
            services.AddServiceDiscovery();
            services.ConfigureHttpClientDefaults(http =>
            {
                http.AddStandardResilienceHandler();
                http.AddServiceDiscovery();
            });
            services.AddHttpClient("crm-api", http => http.BaseAddress = new("https+http://crm"))
                .AddTokenRefreshHandler("crm");
            // end-snippet
        }

        // Around discovery: it chooses between logical addresses.
        private static void AddHedging(IServiceCollection services, Action<IRoutingStrategyBuilder> hedge)
        {
            services.AddServiceDiscovery();
            var client = services.AddHttpClient("crm-api");
            client.AddStandardHedgingHandler(hedge);
            client.AddServiceDiscovery();
            client.AddTokenRefreshHandler("crm");
        }

        private sealed class Answers(Program owner, Func<HttpRequestMessage, HttpStatusCode> answer) : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                owner.Sent.Enqueue(request.RequestUri!.AbsoluteUri);
                owner.Tokens.Enqueue(request.Headers.Authorization?.Parameter);
                return Task.FromResult(new HttpResponseMessage(answer(request)) { RequestMessage = request });
            }
        }

        private sealed class Wire(Action<HttpRequestMessage> look, HttpMessageInvoker next) : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                look(request);
                return next.SendAsync(request, cancellationToken);
            }
        }
    }
}
