using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Servers that hand out the token in use with the rest of its life, and no other one before it has ended.</summary>
public class RepeatedTokenTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<string, Action<TokenFreshnessOptions>> Freshnesses => new()
    {
        { "nothing written", static _ => { } },
        { "an early share", static freshness => freshness.RefreshAt = 0.1 },
        { "a late share", static freshness => freshness.RefreshAt = 0.95 },
        { "a wide margin", static freshness => freshness.Margin = TimeSpan.FromMinutes(20) },
        { "a narrow margin", static freshness => freshness.Margin = TimeSpan.FromSeconds(40) },
        { "much jitter", static freshness => freshness.Jitter = 0.5 },
    };

    [Theory]
    [MemberData(nameof(Freshnesses))]
    public async Task A_token_that_comes_again_with_the_rest_of_its_life_is_asked_for_five_times_an_hour_at_most(
        string written, Action<TokenFreshnessOptions> configure)
    {
        var time = new ManualTimeProvider();
        var server = new Server(time, Hour);
        await using var host = Host(server, time, configure);

        for (var second = 0; second < 3 * 3600; second++)
        {
            (await host.Source.GetTokenAsync()).Reveal().Should().Be(server.Working, "second {0} with {1}", second, written);
            await host.FlightEndedAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        server.Asked.Should().OnlyContain(
            at => server.Asked.Count(other => other >= at && other < at + Hour) <= 5, "that is all within any hour");
        server.Asked.Zip(server.Asked.Skip(1), static (one, next) => next - one).Should().OnlyContain(gap => gap >= TimeSpan.FromSeconds(30));
        server.Issued.Should().Be(3, "each is replaced as soon as it has ended");
    }

    [Fact]
    public async Task Callers_are_served_from_memory_to_the_end_and_get_the_next_token_at_once_after_it()
    {
        var time = new ManualTimeProvider();
        var server = new Server(time, Hour);
        await using var host = Host(server, time);
        await host.Source.GetTokenAsync();
        await LetPassAsync(host, Hour - TimeSpan.FromSeconds(1));
        var asked = server.Asked.Count;

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("token-1");
        await host.FlightEndedAsync();
        server.Asked.Should().HaveCount(asked, "it would be handed out once more");
        time.Advance(TimeSpan.FromSeconds(1));

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("token-2");
    }

    [Fact]
    public async Task What_the_server_rounds_off_does_not_end_the_token_before_its_time()
    {
        var time = new ManualTimeProvider();
        var server = new Server(time, Hour);
        await using var host = Host(server, time);

        // No renewal falls on a whole second of the token's life.
        for (var step = 0; step < 3 * 3600 / 0.7; step++)
        {
            await host.Source.GetTokenAsync();
            await host.FlightEndedAsync();
            time.Advance(TimeSpan.FromSeconds(0.7));
        }

        server.Asked.Zip(server.Asked.Skip(1), static (one, next) => next - one).Should().OnlyContain(gap => gap >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Several_processes_over_one_store_ask_no_more_often_than_one()
    {
        var store = new FaultyStore();
        var server = new Server(store.Time, Hour);
        await using var first = Host(server, store.Time, store: store);
        await using var second = Host(server, store.Time, store: store);
        await using var third = Host(server, store.Time, store: store);

        for (var step = 0; step < 720; step++)
        {
            foreach (var host in new[] { first, second, third })
            {
                (await host.Source.GetTokenAsync()).Reveal().Should().Be(server.Working);
                await host.FlightEndedAsync();
            }

            store.Time.Advance(TimeSpan.FromSeconds(10));
        }

        server.Asked.Should().OnlyContain(at => server.Asked.Count(other => other >= at && other < at + Hour) <= 5);
        server.Issued.Should().Be(2);
    }

    [Fact]
    public async Task Who_reports_the_token_as_rejected_is_not_given_what_another_process_got_again()
    {
        var store = new FaultyStore();
        var server = new Server(store.Time, Hour);
        await using var first = Host(server, store.Time, static freshness => freshness.Jitter = 0, store);
        await using var second = Host(server, store.Time, static freshness => freshness.Jitter = 0, store);
        var rejected = await second.Source.GetTokenAsync();
        await first.Source.GetTokenAsync();
        await second.FlightEndedAsync();
        store.Time.Advance(TimeSpan.FromMinutes(46));
        await first.Source.GetTokenAsync();
        await first.FlightEndedAsync();
        server.Asked.Should().HaveCount(2);

        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.BeforeRead = () => reading.Task;
        await second.Source.GetTokenAsync();
        var newer = second.Source.GetTokenAsync(new TokenDemand { Rejected = rejected }).AsTask();
        reading.SetResult();
        await newer;

        server.Asked.Should().HaveCount(3, "the server may know better by now");
    }

    [Fact]
    public async Task A_token_whose_life_the_server_prolongs_is_renewed_before_its_end_as_any_other()
    {
        var time = new ManualTimeProvider();
        var server = new Server(time, TimeSpan.FromMinutes(1)) { Prolongs = true };
        await using var host = Host(server, time);

        await LetPassAsync(host, TimeSpan.FromMinutes(10));

        server.Issued.Should().Be(1, "it never came to its end");
    }

    private static async Task LetPassAsync(TokenHost host, TimeSpan span)
    {
        for (var end = host.Time.GetUtcNow() + span; host.Time.GetUtcNow() < end; host.Time.Advance(TimeSpan.FromSeconds(1)))
        {
            await host.Source.GetTokenAsync();
            await host.FlightEndedAsync();
        }
    }

    private static TokenHost Host(Server server, ManualTimeProvider time, Action<TokenFreshnessOptions>? configure = null, FaultyStore? store = null) =>
        TokenHost.WithClientCredentials(
            options => configure?.Invoke(options.Freshness),
            services =>
            {
                services.AddHttpClient("tokenkit-" + TokenHost.Name).ConfigurePrimaryHttpMessageHandler(() => new Handler(server));
                if (store is not null)
                {
                    services.AddStore(store);
                }
            },
            time: time);

    private sealed class Server(ManualTimeProvider time, TimeSpan lifetime)
    {
        private DateTimeOffset _end;

        public List<DateTimeOffset> Asked { get; } = [];

        public int Issued { get; private set; }

        public bool Prolongs { get; init; }

        public string Working => time.GetUtcNow() < _end ? $"token-{Issued}" : "none";

        public string Answer()
        {
            var now = time.GetUtcNow();
            Asked.Add(now);
            if (now >= _end)
            {
                (Issued, _end) = (Issued + 1, now + lifetime);
            }
            else if (Prolongs)
            {
                _end = now + lifetime;
            }

            return string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"access_token":"token-{{Issued}}","token_type":"Bearer","expires_in":{{(int)(_end - now).TotalSeconds}}}""");
        }
    }

    private sealed class Handler(Server server) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(server.Answer(), Encoding.UTF8, "application/json"),
            });
    }
}
