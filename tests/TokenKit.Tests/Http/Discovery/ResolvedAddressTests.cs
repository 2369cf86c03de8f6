using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;

namespace TokenKit.Tests;

/// <summary>Logical addresses, and who may change what between them and the wire.</summary>
public sealed class ResolvedAddressTests
{
    private const string Resolved = "https://10.0.0.7:8443";

    [Theory]
    [InlineData("https+http://crm")]
    [InlineData("https://crm")]
    [InlineData("https+http://crm:8443")]
    public async Task A_resolver_outside_may_change_host_and_port(string baseAddress)
    {
        await using var program = new Program(baseAddress, before: client => client.AddHttpMessageHandler(() => new Resolver(Resolved)));

        using var response = await program.GetAsync("orders");

        program.Sent.Single().Should().Be($"{Resolved}/orders Bearer access-1");
    }

    [Theory]
    [InlineData("https+http://crm")]
    [InlineData("https://crm")]
    public async Task A_resolver_inside_may_do_so_as_well(string baseAddress)
    {
        await using var program = new Program(baseAddress, after: client => client.AddHttpMessageHandler(() => new Resolver(Resolved)));

        using var response = await program.GetAsync("orders");

        program.Sent.Single().Should().Be($"{Resolved}/orders Bearer access-1");
    }

    [Theory]
    [InlineData(true, "http://10.0.0.7:8080")]
    [InlineData(false, "http://10.0.0.7:8080")]
    [InlineData(true, "http://127.0.0.1:8080")]
    [InlineData(false, "http://127.0.0.1:8080")]
    public async Task The_scheme_is_judged_where_it_is_sent(bool isOutside, string resolved)
    {
        void AddResolver(IHttpClientBuilder client) => client.AddHttpMessageHandler(() => new Resolver(resolved));
        await using var program = new Program("https+http://crm", isOutside ? AddResolver : null, isOutside ? null : AddResolver);

        var send = () => program.GetAsync("orders");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*not sent to http://1*over https*");
        program.Sent.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_loopback_http_will_do_where_the_definition_says_so(bool isOutside)
    {
        void AddResolver(IHttpClientBuilder client) => client.AddHttpMessageHandler(() => new Resolver("http://127.0.0.1:8080"));
        await using var program = new Program(
            "https+http://crm", isOutside ? AddResolver : null, isOutside ? null : AddResolver, definition => definition with { DangerousAllowHttpOnLoopback = true });

        using var response = await program.GetAsync("orders");

        program.Sent.Single().Should().Be("http://127.0.0.1:8080/orders Bearer access-1");
    }

    [Fact]
    public async Task Allowed_origins_may_name_the_logical_host()
    {
        await using var program = new Program(
            "https+http://crm",
            client => client.AddHttpMessageHandler(() => new Resolver(Resolved)),
            change: definition => definition with { Placement = definition.Placement with { AllowedOrigins = HandlerFixture.Origins("https://crm") } });

        using var response = await program.GetAsync("orders");

        program.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task Another_service_gets_no_token()
    {
        await using var program = new Program("https+http://crm", client => client.AddHttpMessageHandler(() => new Resolver(Resolved)));

        var send = () => program.GetAsync("https+http://erp/orders");

        await send.Should().ThrowAsync<InvalidOperationException>();
        program.Sent.Should().BeEmpty();
    }

    public static TheoryData<string, Func<DelegatingHandler>, bool, int> Wanderers() => new()
    {
        { "a redirect that reuses the message, around", () => new Redirecting(reuses: true), true, 1 },
        { "a redirect that reuses the message, between", () => new Redirecting(reuses: true), false, 1 },
        { "a redirect that copies the options, around", () => new Redirecting(reuses: false), true, 1 },
        { "a redirect that copies the options, between", () => new Redirecting(reuses: false), false, 1 },
        { "a routing handler around", () => new Routing("https://evil.example"), true, 0 },
        { "a routing handler between", () => new Routing("https://evil.example"), false, 0 },
        { "a hedging handler around", () => new Hedging("https://evil.example"), true, 1 },
        { "a hedging handler between", () => new Hedging("https://evil.example"), false, 1 },
    };

    [Theory]
    [MemberData(nameof(Wanderers))]
    public async Task No_token_goes_to_a_foreign_origin_whoever_leads_there(string who, Func<DelegatingHandler> wanderer, bool isAround, int rightful)
    {
        await using var program = new Program(
            "https+http://crm",
            client =>
            {
                if (isAround)
                {
                    client.AddHttpMessageHandler(wanderer);
                }

                client.AddHttpMessageHandler(() => new Resolver(Resolved));
                if (!isAround)
                {
                    client.AddHttpMessageHandler(wanderer);
                }
            });

        // Hedged calls fail one by one; what counts is what was sent.
        try
        {
            using var response = await program.GetAsync("start");
        }
        catch (InvalidOperationException refused)
        {
            refused.Message.Should().Contain("evil.example");
        }

        program.Sent.Should().Equal(Enumerable.Repeat($"{Resolved}/start Bearer access-1", rightful), who);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retry_around_and_a_path_that_is_changed_on_the_way_are_rightful(bool isAround)
    {
        var attempts = 0;
        await using var program = new Program(
            "https+http://crm",
            client =>
            {
                if (isAround)
                {
                    client.AddHttpMessageHandler(() => new Retrying());
                }

                client.AddHttpMessageHandler(() => new Resolver(Resolved));
                if (!isAround)
                {
                    client.AddHttpMessageHandler(() => new Retrying());
                }

                client.AddHttpMessageHandler(() => new Prefix());
            },
            answer: _ => new(++attempts < 3 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK));

        using var response = await program.GetAsync("orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        program.Sent.Should().HaveCount(3).And.OnlyContain(sent => sent.Contains("/v2/", StringComparison.Ordinal) && sent.EndsWith("Bearer access-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_401_behind_a_resolver_is_answered_with_a_newer_token()
    {
        await using var program = new Program(
            "https+http://crm",
            client => client.AddHttpMessageHandler(() => new Resolver(Resolved)),
            answer: request => new(request.Headers.Authorization!.Parameter == "access-1" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK));

        using var response = await program.GetAsync("orders");

        program.Sent.Should().Equal($"{Resolved}/orders Bearer access-1", $"{Resolved}/orders Bearer access-2");
    }

    [Fact]
    public async Task A_note_of_another_clients_chain_counts_for_nothing()
    {
        HttpRequestMessage? seen = null;
        await using var first = new Program(
            "https+http://crm",
            client => client.AddHttpMessageHandler(() => new Resolver(Resolved)),
            answer: request =>
            {
                seen = request;
                return new();
            });
        await first.GetAsync("orders");
        await using var second = new Program("https+http://crm", client => client.AddHttpMessageHandler(() => new PassingResolver()));
        using var copy = new HttpRequestMessage(HttpMethod.Get, $"{Resolved}/orders");
        foreach (var option in seen!.Options)
        {
            copy.Options.Set(new HttpRequestOptionsKey<object?>(option.Key), option.Value);
        }

        var send = () => second.SendAsync(copy);

        await send.Should().ThrowAsync<InvalidOperationException>();
        second.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task Where_nobody_says_that_a_handler_resolves_its_address_is_judged()
    {
        await using var program = new Program(
            "https://crm", client => client.AddHttpMessageHandler(() => new Resolver(Resolved)), saysSo: false);

        var send = () => program.GetAsync("orders");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*10.0.0.7*");
        program.Sent.Should().BeEmpty();
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        public Program(
            string baseAddress,
            Action<IHttpClientBuilder>? before = null,
            Action<IHttpClientBuilder>? after = null,
            Func<TokenDefinition, TokenDefinition>? change = null,
            Func<HttpRequestMessage, HttpResponseMessage>? answer = null,
            bool saysSo = true)
        {
            var definition = change?.Invoke(HandlerFixture.Define()) ?? HandlerFixture.Define();
            var services = new ServiceCollection();
            services.AddKeyedSingleton<ITokenSource>("crm", new FakeTokenSource(definition));
            services.AddKeyedSingleton<IDefinitionSource>("crm", new SettableDefinitionSource(definition));
            var client = services.AddHttpClient("api", http => http.BaseAddress = new(baseAddress));
            if (saysSo)
            {
                client.ResolvesAddresses<Resolver>();
            }

            before?.Invoke(client);
            client.AddTokenRefreshHandler("crm");
            after?.Invoke(client);
            client.ConfigurePrimaryHttpMessageHandler(() => new Wire(Sent, answer ?? (request => request.RequestUri!.AbsolutePath == "/start"
                ? new(HttpStatusCode.Found) { Headers = { Location = new Uri("https://evil.example/x") } }
                : new())));
            _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        }

        public List<string> Sent { get; } = [];

        public Task<HttpResponseMessage> GetAsync(string url) => SendAsync(new(HttpMethod.Get, url));

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
            RealClient.Of(_services).SendAsync(request);

        public ValueTask DisposeAsync() => _services.DisposeAsync();
    }

    private sealed class Wire(List<string> sent, Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (sent)
            {
                sent.Add($"{request.RequestUri} {request.Headers.Authorization}");
                return Task.FromResult(answer(request));
            }
        }
    }

    /// <summary>Puts an address in the place of a logical one, and the logical one back, as the platform's does.</summary>
    private class Resolver(string resolved) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var logical = request.RequestUri!;
            if (logical.Host is "crm" or "erp")
            {
                request.RequestUri = new Uri(new Uri(resolved), logical.PathAndQuery);
            }

            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                request.RequestUri = logical;
            }
        }
    }

    private sealed class PassingResolver() : Resolver("https://nowhere.example");

    private sealed class Redirecting(bool reuses) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            // As an API that redirects would be answered by a handler outside of ours, where ours does not follow.
            var target = new Uri("https://evil.example/x");
            (await base.SendAsync(request, cancellationToken)).Dispose();
            if (reuses)
            {
                request.RequestUri = target;
                return await base.SendAsync(request, cancellationToken);
            }

            using var copy = Copy(request, target);
            return await base.SendAsync(copy, cancellationToken);
        }
    }

    private sealed class Routing(string target) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(new Uri(target), request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Hedging(string other) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var second = Copy(request, new Uri(new Uri(other), "/x"));
            var first = base.SendAsync(Copy(request, request.RequestUri!), cancellationToken);
            var hedge = base.SendAsync(second, cancellationToken);
            await Task.WhenAny(first, hedge);
            try
            {
                await hedge;
            }
            catch (InvalidOperationException)
            {
                // The other attempt counts.
            }

            return await first;
        }
    }

    private sealed class Retrying : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            while (true)
            {
                var address = request.RequestUri;
                var response = await base.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return response;
                }

                request.RequestUri = address;
            }
        }
    }

    private sealed class Prefix : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(request.RequestUri!, "/v2" + request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, Uri address)
    {
        var copy = new HttpRequestMessage(request.Method, address);
        foreach (var option in request.Options)
        {
            copy.Options.Set(new HttpRequestOptionsKey<object?>(option.Key), option.Value);
        }

        return copy;
    }
}
