using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Source;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The library as a program registers it, with every place recorded in which a secret could turn up.</summary>
internal sealed class LeakRun : IDisposable
{
    public const string ClientSecret = "s3cr3t-client-pA55w0rd";

    private readonly StoreDirectory _directory = new();
    private readonly RecordedLogs _logs = new();
    private readonly RecordedActivities _activities = new();
    private readonly HttpEvents _events = new();
    private readonly RecordedMetrics _metrics;
    private readonly ServiceProvider _provider;
    private readonly List<Exception> _exceptions = [];

    public LeakRun(Action<TokenRefreshOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        Endpoint = new FakeTokenEndpoint(
            new FakeTokenEndpointOptions { AccessTokenPrefix = "s3cr3t-access-value-", RefreshTokenPrefix = "s3cr3t-refresh-value-" }, Time);
        Endpoint.AddClient("leaky", ClientSecret);
        Seed = Endpoint.IssueRefreshToken("leaky");
        Api = new FakeApi(Endpoint);
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.AddRecordedLogs(_logs));
        var builder = collection.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = Endpoint.Address.ToString();
            token.Grant = TokenGrants.RefreshToken;
            token.Client.Id = "leaky";
            token.Client.Secret = ClientSecret;
            token.Seed = new TokenSeedOptions { RefreshToken = Seed };
            token.Resilience.Attempts = 1;
            token.Placement.Headers.Add("X-Session", "${token.access}");
            token.Placement.Query.Add("key", "${token.access}");
            configure?.Invoke(token);
        });
        if (services is null)
        {
            builder.UseFileStore(_directory.Path).UseAesGcm(StoreDirectory.Key);
        }
        else
        {
            builder.UseInMemoryStore();
            services(collection);
        }

        collection.AddHttpClient("crm", http => http.BaseAddress = Api.Address).AddTokenRefreshHandler("crm").UseFakeApi(Api);
        collection.UseFakeTokenEndpoint("crm", Endpoint).UseManualTime(Time);
        _provider = collection.BuildServiceProvider();
        _metrics = new RecordedMetrics(_provider.GetRequiredService<IMeterFactory>());
        Scan.Add("client secret", ClientSecret).Add("seed", Seed);
    }

    public ManualTimeProvider Time { get; } = new();

    public FakeTokenEndpoint Endpoint { get; }

    public FakeApi Api { get; }

    public string Seed { get; }

    public string StorePath => _directory.Path;

    public SecretLeakScan Scan { get; } = new();

    /// <summary>Calls the API once. Virtual time passes only where the test says so: files take none of it.</summary>
    /// <returns>What the caller got instead of an answer; <see langword="null"/> where it got one.</returns>
    public async Task<Exception?> CallAsync(string address = "orders", bool timePasses = false)
    {
        using var http = _provider.GetRequiredService<IHttpClientFactory>().CreateClient("crm");
        http.Timeout = Timeout.InfiniteTimeSpan;
        var call = http.GetAsync(address);
        for (var step = 0; timePasses && step < 100_000 && !call.IsCompleted; step++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        try
        {
            using var response = await call.WaitAsync(TimeSpan.FromSeconds(30));
            return null;
        }
        catch (Exception e)
        {
            _exceptions.Add(e);
            return e;
        }
    }

    /// <summary>Two calls that get no token, the second soon enough to be told the first one's failure; then the scan.</summary>
    public async Task FailsAsync(Action<FakeTokenEndpoint> prepare)
    {
        prepare(Endpoint);

        (await CallAsync()).Should().BeOfType<TokenRefreshException>();
        await CallAsync();

        await ShouldHaveLeakedNothingAsync();
    }

    /// <summary>Lets the refresh under way end: it outlives its callers, and writes to the store until then.</summary>
    public async Task FlightEndedAsync()
    {
        var ended = _provider.GetRequiredKeyedService<TokenComposition>("crm").Flights.OwnSlot.Flight?.EndAsync(CancellationToken.None)
            ?? Task.CompletedTask;
        for (var step = 0; step < 100_000 && !ended.IsCompleted; step++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        await ended.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task ShouldHaveLeakedNothingAsync(bool exceptTheCallersAddress = false)
    {
        await FlightEndedAsync();
        _metrics.Observe();
        await _provider.DisposeAsync(); // closes the files
        Scan.Add(Endpoint);
        _logs.Entries.Should().NotBeEmpty();
        Scan.In(_metrics).Should().BeEmpty();
        Scan.In(_activities).Should().BeEmpty();
        foreach (var exception in _exceptions)
        {
            Scan.In(exception).Should().BeEmpty();
        }

        Scan.InFiles(StorePath).Should().BeEmpty();
        if (!exceptTheCallersAddress)
        {
            _activities.Stopped.Should().NotBeEmpty();
            _metrics.Measurements.Should().NotBeEmpty();
            Scan.In(_logs).Should().BeEmpty();
            Scan.In(_events.Text, "events of System.Net.Http").Should().BeEmpty();
        }
        else
        {
            // The platform logs the address a caller asked for; that secret is the caller's own doing.
            Scan.In(_logs).Should().OnlyContain(leak => leak.Place.Contains("System.Net.Http", StringComparison.Ordinal));
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        _metrics.Dispose();
        _activities.Dispose();
        _events.Dispose();
        _directory.Dispose();
    }

    private sealed class HttpEvents : EventListener
    {
        // The base constructor calls back before a field of this class is set, unless it is set where it is declared.
        private readonly ConcurrentQueue<string> _written = new();

        public string Text => string.Join('\n', _written);

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Http")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            _written.Enqueue(string.Join(' ', eventData.Payload?.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)) ?? []));
    }
}
