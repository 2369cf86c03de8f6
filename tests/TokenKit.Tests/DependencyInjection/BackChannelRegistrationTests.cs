using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Http.Logging;
using Microsoft.Extensions.Logging;
using TokenKit.DependencyInjection;
using TokenKit.Refresh.Request;

namespace TokenKit.Tests;

public sealed class BackChannelRegistrationTests
{
    private readonly ServiceCollection _services = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_retry_handler_in_the_applications_defaults_does_not_multiply_the_request(bool defaultsFirst)
    {
        await using var server = RawServer.Answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Register(defaultsFirst, defaults => defaults.AddHttpMessageHandler(() => new RetryFourTimes()));

        await PostAsync(server.Url);

        server.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_defaults_do_reach_the_clients_of_the_application(bool defaultsFirst)
    {
        await using var server = RawServer.Answering("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Register(defaultsFirst, defaults => defaults.AddHttpMessageHandler(() => new RetryFourTimes()));
        _services.AddHttpClient("api");

        await PostAsync(server.Url, "api");

        server.Requests.Should().HaveCount(4, "otherwise the test above would prove nothing");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Headers_base_address_and_timeout_of_the_defaults_are_forgotten(bool defaultsFirst)
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Register(defaultsFirst, defaults => defaults.ConfigureHttpClient(client =>
        {
            client.DefaultRequestHeaders.Add("X-Tenant", "s3cr3t");
            client.BaseAddress = new Uri("https://api.example.com/");
            client.Timeout = TimeSpan.FromSeconds(1);
        }));

        var client = await PostAsync(server.Url);

        server.Requests.Should().ContainSingle().Which.Should().NotContain("X-Tenant");
        client.BaseAddress.Should().BeNull();
        client.Timeout.Should().Be(Timeout.InfiniteTimeSpan);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_primary_handler_of_the_defaults_is_not_used(bool defaultsFirst)
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Register(defaultsFirst, defaults => defaults.ConfigurePrimaryHttpMessageHandler(() => new NotProvided()));

        await PostAsync(server.Url);

        server.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_logs_the_request(bool defaultsFirst)
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var log = new List<string>();
        _services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new ListLogs(log)));
        Register(defaultsFirst, defaults => defaults.AddLogger(_ => new ListHttpLogger(log), wrapHandlersPipeline: true));

        await PostAsync(server.Url);

        log.Should().NotContain(line => line.Contains("localhost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_primary_handler_that_is_registered_for_it_afterwards_is_used()
    {
        _services.AddBackChannel("crm");
        _services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => new FakeEndpoint().Then(418));

        using var response = await Client().PostAsync(new Uri("https://login.example.com/"), null);

        ((int)response.StatusCode).Should().Be(418);
    }

    [Fact]
    public async Task A_second_registration_of_the_token_leaves_what_was_configured_in_between()
    {
        _services.AddBackChannel("crm");
        _services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(() => new FakeEndpoint().Then(418));
        _services.AddBackChannel("crm");
        _services.AddBackChannel("erp");

        using var response = await Client().PostAsync(new Uri("https://login.example.com/"), null);

        ((int)response.StatusCode).Should().Be(418);
    }

    [Fact]
    public void Its_primary_handler_follows_nothing_keeps_nothing_and_offers_nobodys_credentials()
    {
        _services.AddBackChannel("crm");
        using var provider = _services.BuildServiceProvider();

        var handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("tokenkit-crm");
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        var primary = handler.Should().BeOfType<SocketsHttpHandler>().Subject;
        primary.AllowAutoRedirect.Should().BeFalse();
        primary.UseCookies.Should().BeFalse();
        primary.AutomaticDecompression.Should().Be(DecompressionMethods.None);
        primary.Credentials.Should().BeNull();
        primary.DefaultProxyCredentials.Should().BeNull();
        primary.PreAuthenticate.Should().BeFalse();
        primary.PooledConnectionLifetime.Should().Be(TimeSpan.FromMinutes(5));
        primary.ConnectTimeout.Should().Be(TimeSpan.FromSeconds(10));
        primary.MaxResponseHeadersLength.Should().Be(64);
    }

    private void Register(bool defaultsFirst, Action<IHttpClientBuilder> defaults)
    {
        if (defaultsFirst)
        {
            _services.ConfigureHttpClientDefaults(defaults);
        }

        _services.AddBackChannel("crm");
        if (!defaultsFirst)
        {
            _services.ConfigureHttpClientDefaults(defaults);
        }
    }

    private HttpClient Client(string? name = null) => _services.BuildServiceProvider()
        .GetRequiredService<IHttpClientFactory>()
        .CreateClient(name ?? BackChannel.ClientNameFor("crm"));

    private async Task<HttpClient> PostAsync(string url, string? name = null)
    {
        var client = Client(name);
        using var content = new StringContent("grant_type=x");
        using var response = await client.PostAsync(new Uri(url), content);
        return client;
    }

    private sealed class RetryFourTimes : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            for (var attempt = 1; attempt < 4; attempt++)
            {
                (await base.SendAsync(request, cancellationToken)).Dispose();
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class NotProvided : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Intentionally not provided.");
    }

    private sealed class ListLogs(List<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private sealed class ListHttpLogger(List<string> log) : IHttpClientLogger
    {
        public object? LogRequestStart(HttpRequestMessage request)
        {
            log.Add($"{request.RequestUri}");
            return null;
        }

        public void LogRequestStop(object? context, HttpRequestMessage request, HttpResponseMessage response, TimeSpan elapsed) =>
            log.Add($"{request.RequestUri}");

        public void LogRequestFailed(
            object? context, HttpRequestMessage request, HttpResponseMessage? response, Exception exception, TimeSpan elapsed) =>
            log.Add($"{request.RequestUri}");
    }
}
