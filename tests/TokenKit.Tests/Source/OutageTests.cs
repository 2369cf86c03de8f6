using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>A token endpoint that is down for a while, and a token that works all the time.</summary>
public class OutageTests
{
    [Theory]
    [InlineData(8, false)]
    [InlineData(1, true)]
    public async Task An_endpoint_that_is_down_for_3_of_8_seconds_costs_no_call_and_at_most_6_requests(int runs, bool drawsAreLowest)
    {
        for (var run = 0; run < runs; run++)
        {
            await using var host = TokenHost.WithClientCredentials(
                options => (options.Freshness.Margin, options.Freshness.Jitter) = (TimeSpan.FromSeconds(60), 0),
                services => services.AddSingleton(drawsAreLowest ? new LowestDraws() : Randomness.System),
                server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(63) });
            await host.Source.GetTokenAsync();

            for (var tenth = 0; tenth < 80; tenth++)
            {
                Down(host.Endpoint, tenth is >= 20 and < 50);
                var call = host.Source.GetTokenAsync();
                call.IsCompletedSuccessfully.Should().BeTrue("the token works, so nobody waits and nobody fails");
                await host.FlightEndedAsync();
                host.Time.Advance(TimeSpan.FromMilliseconds(100));
            }

            host.Endpoint.TokenRequests.Should().BeInRange(3, 6, "the first, those that failed, and one after the end");
        }
    }

    [Fact]
    public void A_slow_endpoint_makes_no_call_wait_in_eight_seconds_of_a_thousand_calls_each() => RefreshSchedulerTests.OnOneThread(async () =>
    {
        await using var host = TokenHost.WithClientCredentials(
            options => (options.Freshness.Margin, options.Freshness.Jitter) = (TimeSpan.FromSeconds(1), 0),
            services => services.AddSingleton<IWorkSpawner>(new InlineSpawner()),
            new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) });
        host.Endpoint.Delay = TimeSpan.FromMilliseconds(200);
        var first = host.Source.GetTokenAsync().AsTask();
        host.Time.Advance(host.Endpoint.Delay);
        await first;

        for (var call = 0; call < 8000; call++)
        {
            var token = host.Source.GetTokenAsync();
            token.IsCompletedSuccessfully.Should().BeTrue("call {0} has a token that works", call);
            host.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        host.Endpoint.TokenRequests.Should().BeInRange(7, 9, "one about every second");
    });

    private sealed class LowestDraws : Randomness
    {
        public override void Fill(Span<byte> bytes) => bytes.Clear();
    }

    private static void Down(FakeTokenEndpoint endpoint, bool isDown)
    {
        endpoint.ClearPrepared();
        if (isDown)
        {
            endpoint.FailNext(HttpStatusCode.ServiceUnavailable, count: 10);
        }
    }
}
