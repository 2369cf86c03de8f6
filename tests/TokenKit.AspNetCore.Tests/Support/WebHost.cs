using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenKit.Scheduling;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>
/// A web application as a program builds it, with a token endpoint that behaves and a clock that only tests move. Everything it
/// answers and logs is searched for secrets when it ends.
/// </summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly AnswerRecorder _answers;
    private readonly RecordedLogs _logs;

    private WebHost(WebApplication app, FakeTokenEndpoint endpoint, ManualTimeProvider time, AnswerRecorder answers, RecordedLogs logs)
    {
        (_app, Endpoint, Time, _answers, _logs) = (app, endpoint, time, answers, logs);
    }

    public FakeTokenEndpoint Endpoint { get; }

    public ManualTimeProvider Time { get; }

    public IServiceProvider Services => _app.Services;

    public RecordedLogs Logs => _logs;

    /// <summary>The address, where it listens on loopback.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Builds and starts.</summary>
    /// <param name="configure">Registers what the test is about.</param>
    /// <param name="map">Maps what the test is about.</param>
    /// <param name="environment">The environment's name.</param>
    /// <param name="listens">Whether real sockets are used.</param>
    /// <param name="server">How the token endpoint behaves.</param>
    /// <param name="clock">The clock; one of its own by default.</param>
    /// <param name="realTime">Whether time passes by itself, because a browser's does.</param>
    /// <param name="shared">The token endpoint, where other hosts have the same; its own options then count.</param>
    public static async Task<WebHost> StartAsync(
        Action<WebApplicationBuilder, FakeTokenEndpoint>? configure = null, Action<WebApplication>? map = null, string environment = "Production",
        bool listens = false, FakeTokenEndpointOptions? server = null, ManualTimeProvider? clock = null, bool realTime = false,
        FakeTokenEndpoint? shared = null)
    {
        var time = clock ?? new ManualTimeProvider();
        TimeProvider itsTime = realTime ? TimeProvider.System : time;

        // Prefixes that no page holds by chance.
        server ??= shared?.Options ?? new FakeTokenEndpointOptions();
        (server.AccessTokenPrefix, server.RefreshTokenPrefix) = ("s3cr3t-access-token-", "s3cr3t-refresh-token-");
        var endpoint = shared ?? new FakeTokenEndpoint(server, itsTime);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        var answers = new AnswerRecorder();
        var logs = new RecordedLogs();

        // The framework's own log of requests holds whole addresses, and that of a consent's way back holds the code by design.
        builder.Services.AddLogging(logging => logging.ClearProviders().SetMinimumLevel(LogLevel.Trace)
            .AddFilter("Microsoft.AspNetCore.Hosting", LogLevel.Warning).AddRecordedLogs(logs));
        builder.Services.AddSingleton(itsTime);
        builder.Services.AddSingleton<IStartupFilter>(answers);
        if (listens)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        configure?.Invoke(builder, endpoint);

        // Tests say when a token is renewed; without traffic it would be renewed before it can be seen to grow old.
        foreach (var scheduling in builder.Services.Where(static service => service.ImplementationType == typeof(SchedulingService)).ToList())
        {
            builder.Services.Remove(scheduling);
        }

        var app = builder.Build();
        map?.Invoke(app);
        await app.StartAsync();
        return new WebHost(app, endpoint, time, answers, logs);
    }

    /// <summary>A client, signed in as said by <see cref="TestUsers"/>.</summary>
    public HttpClient Client(string? user = null)
    {
        var client = _app.GetTestClient();
        client.DefaultRequestHeaders.Authorization = user is null ? null : new AuthenticationHeaderValue(TestUsers.Scheme, user);
        return client;
    }

    public ITokenSource Source(string name) => Services.GetRequiredKeyedService<ITokenSource>(name);

    public ITokenRefresher Refresher(string name) => Services.GetRequiredKeyedService<ITokenRefresher>(name);

    /// <summary>Makes the process know a subject, as the first call for it does.</summary>
    public void Know(string name, string subject) =>
        Services.GetRequiredKeyedService<TokenComposition>(name).Flights.SlotFor(subject);

    /// <summary>Refreshes and waits for the flight to end, lease and all.</summary>
    public async Task<RefreshResult> RefreshAsync(string name, string subject = "")
    {
        var result = await Refresher(name).RefreshAsync(subject);
        await FlightEndedAsync(name, subject);
        return result;
    }

    public Task FlightEndedAsync(string name, string subject = "") =>
        Services.GetRequiredKeyedService<TokenComposition>(name).Flights.SlotFor(subject).Flight?.EndAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30))
        ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        var scan = new SecretLeakScan().Add(Endpoint);
        scan.In(_logs).Should().BeEmpty("no log may hold a secret");
        foreach (var (place, text) in _answers.Texts)
        {
            scan.In(place, text).Should().BeEmpty("no answer may hold a secret");
        }
    }
}
