using System.Collections.Immutable;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Http;
using TokenKit.Language.Origins;
using TokenKit.Refresh.Request;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>A token handler between a caller and a stub network.</summary>
internal sealed class HandlerFixture : IDisposable
{
    public const string Api = "https://api.example.com";

    private readonly HttpMessageInvoker _invoker;

    public HandlerFixture(
        Func<SentRequest, HttpResponseMessage>? answer = null,
        PlacementDefinition? placement = null,
        Func<TokenDefinition, TokenDefinition>? change = null,
        string? baseAddress = Api,
        int redirectLimit = 50,
        ILogger<TokenRefreshHandler>? logger = null,
        DelegatingHandler? outer = null,
        DelegatingHandler? inner = null,
        IWorkSpawner? spawner = null)
    {
        Definition = Define(placement);
        Definition = change?.Invoke(Definition) ?? Definition;
        Source = new(Definition);
        Network = new(answer ?? (_ => new HttpResponseMessage()));
        Definitions = new(Definition);
        var options = new HttpClientFactoryOptions();
        options.HttpClientActions.Add(client =>
        {
            BaseAddressAsked++;
            client.BaseAddress = baseAddress is null ? null : new Uri(baseAddress);
        });
        Handler = new(
            Source,
            Definitions,
            "crm-client",
            new(new(new FixedOptions(options)), spawner ?? Spawner, TimeProvider.System, Randomness.System, OutsideSources.None, logger ?? NullLogger<TokenRefreshHandler>.Instance))
        {
            InnerHandler = Network,
            RedirectLimit = redirectLimit,
        };
        if (inner is not null)
        {
            inner.InnerHandler = Network;
            Handler.InnerHandler = inner;
        }

        if (outer is not null)
        {
            outer.InnerHandler = Handler;
        }

        _invoker = new(outer ?? (HttpMessageHandler)Handler);
    }

    public TokenDefinition Definition { get; }

    public SettableDefinitionSource Definitions { get; }

    public FakeTokenSource Source { get; }

    public StubPrimaryHandler Network { get; }

    public TokenRefreshHandler Handler { get; }

    public RecordingSpawner Spawner { get; } = new();

    public int BaseAddressAsked { get; private set; }

    public static PlacementDefinition Bearer => new() { Headers = [FixedTemplate.Field("Authorization", "Bearer ${token.access}")] };

    public static TokenDefinition Define(PlacementDefinition? placement = null) => new()
    {
        Name = "crm",
        Placement = placement ?? Bearer,
        Freshness = new(),
        Resilience = new(),
        Secret = new() { Name = "crm" },
        Marks = DefinitionMarks.Absent("crm"),
    };

    public static ImmutableArray<OriginPattern> Origins(params string[] origins) =>
        [.. origins.Select(text =>
        {
            OriginPatternParser.TryParse(text, allowHttpOnLoopback: true, out var pattern, out var fault).Should().BeTrue(fault);
            return pattern!;
        })];

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        _invoker.SendAsync(request, cancellationToken);

    public HttpResponseMessage Send(HttpRequestMessage request) => _invoker.Send(request, CancellationToken.None);

    public Task<HttpResponseMessage> GetAsync(string url) => SendAsync(new(HttpMethod.Get, url));

    public void Dispose() => _invoker.Dispose();

    private sealed class FixedOptions(HttpClientFactoryOptions value) : IOptionsMonitor<HttpClientFactoryOptions>
    {
        public HttpClientFactoryOptions CurrentValue => value;

        public HttpClientFactoryOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<HttpClientFactoryOptions, string?> listener) => null;
    }
}

internal sealed class SettableDefinitionSource(TokenDefinition current) : IDefinitionSource
{
    public TokenDefinition Current { get; set; } = current;
}

/// <summary>Keeps detached work until the test runs it.</summary>
internal sealed class RecordingSpawner : IWorkSpawner
{
    private readonly Queue<Func<Task>> _work = [];

    public TaskCreationOptions CompletionOptions => TaskCreationOptions.RunContinuationsAsynchronously;

    public int Waiting => _work.Count;

    public void Start<TState>(Func<TState, Task> work, TState state) => _work.Enqueue(() => work(state));

    public async Task RunAllAsync()
    {
        while (_work.TryDequeue(out var work))
        {
            await work();
        }
    }
}
