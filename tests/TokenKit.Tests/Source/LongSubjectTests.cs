using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>
/// A subject is often a text from a request. One of more than 256 characters is refused wherever it comes in, and nothing is made for it.
/// </summary>
public sealed class LongSubjectTests
{
    private const int Most = 256;

    private static readonly string Longest = new('n', Most);
    private static readonly string TooLong = new('n', Most + 1);

    public static TheoryData<string> WaysIn => [.. Ways.Keys];

    private static Dictionary<string, Func<TokenHost, string, Task>> Ways { get; } = new()
    {
        ["TokenDemand.Subject"] = static (host, subject) => host.Source.GetTokenAsync(new TokenDemand { Subject = subject }).AsTask(),
        ["TokenSeed.Subject"] = static (host, subject) => host.Source.SeedAsync(new TokenSeed("refresh-1") { Subject = subject }).AsTask(),
        ["RefreshAsync"] = static (host, subject) => host.Refresher.RefreshAsync(subject).AsTask(),
        ["ForgetAsync"] = static (host, subject) => host.Source.ForgetAsync(subject).AsTask(),
        ["TryGetCached"] = static (host, subject) => Task.FromResult(host.Source.TryGetCached(subject, out _)),
        ["GetStatus"] = static (host, subject) => Task.FromResult(InspectorOf(host).GetStatus(subject)),
        ["GetRefreshes"] = static (host, subject) => Task.FromResult(InspectorOf(host).GetRefreshes(subject)),
        ["SetTokenSubject"] = static (_, subject) =>
        {
            using var request = new HttpRequestMessage();
            return Task.FromResult(request.SetTokenSubject(subject));
        },
        ["DefinitionCheckOptions.Subject"] = static (_, subject) => Task.FromResult(new DefinitionCheckOptions { Subject = subject }),
    };

    [Theory]
    [MemberData(nameof(WaysIn))]
    public async Task A_subject_that_is_too_long_is_refused_and_nothing_is_made_for_it(string way)
    {
        var (store, lines) = (new FaultyStore(), new List<string>());
        await using var host = Host(store, lines);

        var refused = () => Ways[way](host, TooLong);

        (await refused.Should().ThrowAsync<ArgumentException>()).Which.Message.Should()
            .Contain("257 characters").And.Contain("at most 256").And.NotContain("nnn");
        NothingIsLeft(host, store, lines);
    }

    [Theory]
    [MemberData(nameof(WaysIn))]
    public async Task The_longest_is_taken(string way)
    {
        await using var host = Host(new FaultyStore(), []);

        var taken = () => Ways[way](host, Longest);

        await taken.Should().NotThrowAsync();
    }

    [Fact]
    public async Task What_somebody_stored_under_a_longer_one_is_not_listed()
    {
        var store = new ListedStore();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddStore(store), time: store.Time);
        var own = new SecretKey("Production", TokenHost.Name) { Kind = SecretKind.TokenSet };
        foreach (var subject in new[] { Longest, TooLong })
        {
            await store.SetAsync(own with { Subject = subject }, new SecretWrite(new byte[] { 1 }, SecretCondition.Any));
        }

        List<string> listed = [];
        await foreach (var secret in store.ReadAsync(own, StoreUrgency.Background))
        {
            listed.Add(secret.Key.Subject);
        }

        listed.Should().Equal(Longest);
    }

    private static void NothingIsLeft(TokenHost host, FaultyStore store, List<string> lines)
    {
        host.Services.GetRequiredKeyedService<TokenComposition>(TokenHost.Name).Flights.Slots.Should()
            .ContainSingle("the registration's own");
        (store.Reads, store.Writes, store.Leases).Should().Be((0, 0, 0));
        host.Endpoint.TokenRequests.Should().Be(0);
        lines.Should().NotContain(static line => line.Contains("nnn", StringComparison.Ordinal));
    }

    private static ITokenInspector InspectorOf(TokenHost host) =>
        host.Services.GetRequiredKeyedService<ITokenInspector>(TokenHost.Name);

    private static TokenHost Host(FaultyStore store, List<string> lines) => TokenHost.WithClientCredentials(
        services: services =>
        {
            services.AddLogging(logging => logging
                .SetMinimumLevel(LogLevel.Trace).Services.AddSingleton<ILoggerProvider>(new ListLogs(lines)));
            services.AddStore(store);
        },
        time: store.Time);

    private sealed class ListLogs(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines)
            {
                lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
