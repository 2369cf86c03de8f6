using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The end of a provider at any moment, while everything is in use. Alone, because it looks at what the whole process left unobserved.</summary>
[Collection(nameof(DisposalTests))]
[CollectionDefinition(nameof(DisposalTests), DisableParallelization = true)]
public class DisposalTests
{
    private const int Disposals = 1000;
    private const int Callers = 4;

    [Fact]
    public async Task A_provider_disposed_at_any_moment_under_load_leaves_no_caller_hanging_and_nothing_unobserved()
    {
        CollectWhatOthersLeft();
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args) => unobserved.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            var random = new Random(20261121);
            var strange = new ConcurrentQueue<Exception>();
            var time = new ManualTimeProvider();
            using var passing = new CancellationTokenSource();
            var clock = Task.Run(() => LetTimePassAsync(time, passing.Token));

            for (var round = 0; round < Disposals; round++)
            {
                await DisposeUnderLoadAsync(time, round, spins: random.Next(4000), strange).WaitAsync(TimeSpan.FromSeconds(60));
            }

            await passing.CancelAsync();
            await clock;
            strange.Should().BeEmpty();
        }
        finally
        {
            CollectWhatOthersLeft();
            TaskScheduler.UnobservedTaskException -= Note;
        }

        unobserved.Should().BeEmpty();
    }

    private static async Task DisposeUnderLoadAsync(ManualTimeProvider time, int round, int spins, ConcurrentQueue<Exception> strange)
    {
        var host = TokenHost.WithClientCredentials(
            options => (options.Freshness.KeepAlive, options.Placement.AllowedOrigins) = (TimeSpan.FromMinutes(1), ["https://api.example.com"]),
            services => services.AddHttpClient("api").ConfigurePrimaryHttpMessageHandler(() => new FakeApi()).AddTokenRefreshHandler(TokenHost.Name),
            new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) },
            time: time);
        await host.StartAsync();
        var (source, refresher) = (host.Source, host.Refresher);
        var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        if (round % 7 == 0)
        {
            host.Endpoint.FailNext(System.Net.HttpStatusCode.ServiceUnavailable, count: 3);
        }

        using var ended = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(number => Task.Run(async () =>
        {
            for (var call = 0; !ended.IsCancellationRequested || call % 4 != 0; call++)
            {
                try
                {
                    await (((number + call) % 4) switch
                    {
                        0 => source.GetTokenAsync(new TokenDemand { Subject = $"shop-{number}-{call}" }).AsTask(),
                        1 => source.GetTokenAsync(new TokenDemand { Force = true }).AsTask(),
                        2 => refresher.RefreshAsync($"shop-{call % 3}").AsTask(),
                        _ => (Task)http.GetAsync(new Uri("https://api.example.com/orders")),
                    });
                }
                catch (TokenRefreshException)
                {
                    // What callers are promised once the program ends.
                }
                catch (Exception exception)
                {
                    strange.Enqueue(exception);
                    return;
                }
            }
        })).ToArray();

        Thread.SpinWait(spins);
        if (round % 10 == 0)
        {
            await host.StopAsync();
        }

        if (round % 2 == 0)
        {
            await host.DisposeAsync();
        }
        else
        {
            ((IDisposable)host.Services).Dispose();
        }

        await ended.CancelAsync();
        await Task.WhenAll(callers);
    }

    // Pauses and deadlines end, for those that are under way as well.
    private static async Task LetTimePassAsync(ManualTimeProvider time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    private static void CollectWhatOthersLeft()
    {
        for (var turn = 0; turn < 3; turn++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private sealed class FakeApi : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK) { RequestMessage = request });
    }
}
