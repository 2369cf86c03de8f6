using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Refresh.Persist;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>How long one caller waits, whatever the refresh still has to do.</summary>
public class CallerWaitTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_request_that_is_sent_again_after_a_lost_answer_goes_on_behind_its_callers()
    {
        await using var host = WithGrace();
        using var first = host.Endpoint.HoldNext();
        using var second = host.Endpoint.HoldNext();
        var asked = host.Source.GetTokenAsync().AsTask();
        await first.WaitForArrivalAsync();

        host.Time.Advance(Timeout);

        var refused = (await asked.Awaiting(static task => task).Should().ThrowAsync<TokenRefreshException>()).Which;
        refused.Reason.Should().Be(RefreshFailureReason.TimedOut);
        refused.IsTransient.Should().BeTrue();
        await second.WaitForArrivalAsync();
        host.Time.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        second.Release();
        await host.FlightEndedAsync();
        (await host.Source.GetTokenAsync()).Reveal().Should().StartWith("access-");
        host.Endpoint.TokenRequests.Should().Be(2, "the next call is served by what the resend brought");
        host.Endpoint.LostGrants.Should().Be(0);
    }

    [Fact]
    public async Task The_lease_is_renewed_for_the_whole_of_a_resend()
    {
        var store = new FaultyStore();
        TimeSpan lease = default;
        await using var host = WithGrace(store, options =>
        {
            var half = TimeSpan.FromSeconds(0.5);
            (options.Resilience.PersistBudget, options.Resilience.PersistRetryCap, options.Resilience.LeaseMargin) = (half, half, half);
            lease = LeasedRecord.LeaseDurationFor(options.Resilience);
        });
        using var first = host.Endpoint.HoldNext();
        using var second = host.Endpoint.HoldNext();
        var asked = host.Source.GetTokenAsync().AsTask();
        await first.WaitForArrivalAsync();
        host.Time.Advance(Timeout);
        await asked.Awaiting(static task => task).Should().ThrowAsync<TokenRefreshException>();
        await second.WaitForArrivalAsync();

        host.Time.Advance(Timeout - TimeSpan.FromMilliseconds(1));

        (2 * Timeout).Should().BeGreaterThan(lease + TimeSpan.FromSeconds(0.5), "the lease as it was taken has run out by now");
        (await store.TryTakeAsync(StoredTokens.Key, TimeSpan.FromMinutes(1))).Should().BeNull("another process would send the same refresh token");
        second.Release();
        await host.FlightEndedAsync();
        (await host.Source.GetTokenAsync()).Reveal().Should().StartWith("access-");
    }

    [Fact]
    public async Task A_call_of_a_client_waits_as_long_for_its_token_and_once_more_after_a_401()
    {
        await using var host = WithGrace(configure: static options => options.Freshness.MinimumRefreshInterval = TimeSpan.Zero, services: static services => services
            .AddHttpClient("api", static http => http.BaseAddress = new("https://api.example.com"))
            .AddTokenRefreshHandler(TokenHost.Name)
            .ConfigurePrimaryHttpMessageHandler(static () => new StubPrimaryHandler(static _ => new(HttpStatusCode.Unauthorized))));
        using var client = RealClient.Of(host.Services);
        using var held = host.Endpoint.HoldNext();
        var call = client.GetAsync("orders");
        await held.WaitForArrivalAsync();
        using var renewal = host.Endpoint.HoldNext();
        using var resent = host.Endpoint.HoldNext();
        host.Time.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        held.Release();
        await renewal.WaitForArrivalAsync();

        host.Time.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        call.IsCompleted.Should().BeFalse("it waits for a newer token, and has as long for that");
        host.Time.Advance(TimeSpan.FromMilliseconds(1));

        using var answer = await call;
        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized, "what the API said, with the token that it refused");
    }

    [Fact]
    public async Task A_caller_who_joins_a_resend_is_served_by_it()
    {
        await using var host = WithGrace();
        using var first = host.Endpoint.HoldNext();
        using var second = host.Endpoint.HoldNext();
        var early = host.Source.GetTokenAsync().AsTask();
        await first.WaitForArrivalAsync();
        host.Time.Advance(Timeout / 2);
        var late = host.Source.GetTokenAsync().AsTask();

        host.Time.Advance(Timeout / 2);
        await second.WaitForArrivalAsync();
        await early.Awaiting(static task => task).Should().ThrowAsync<TokenRefreshException>();
        second.Release();

        (await late).Reveal().Should().StartWith("access-");
    }

    [Fact]
    public async Task A_caller_who_has_waited_long_enough_learns_what_the_refresh_waits_for()
    {
        await using var host = WithGrace();
        using var held = host.Endpoint.HoldNext();
        using var resent = host.Endpoint.HoldNext();
        var asked = host.Source.GetTokenAsync().AsTask();
        await held.WaitForArrivalAsync();

        host.Time.Advance(Timeout);

        (await asked.Awaiting(static task => task).Should().ThrowAsync<TokenRefreshException>()).Which.Message
            .Should().Contain("2 s (Resilience:Timeout)").And.Contain(host.Endpoint.Address.Host).And.Contain("goes on");
    }

    [Fact]
    public async Task A_caller_who_asks_for_a_newer_token_gets_the_one_that_works_after_the_timeout()
    {
        await using var host = WithGrace();
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        using var held = host.Endpoint.HoldNext();
        using var resent = host.Endpoint.HoldNext();
        var forced = host.Source.GetTokenAsync(new TokenDemand { Force = true }).AsTask();
        await held.WaitForArrivalAsync();

        host.Time.Advance(Timeout);

        (await forced).Reveal().Should().Be("access-1");
    }

    [Fact]
    public async Task Whoever_refreshes_by_hand_waits_no_longer_than_a_caller()
    {
        await using var host = WithGrace();
        using var held = host.Endpoint.HoldNext();
        using var resent = host.Endpoint.HoldNext();
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await held.WaitForArrivalAsync();

        host.Time.Advance(Timeout);

        (await refresh).Failure!.Reason.Should().Be(RefreshFailureReason.TimedOut);
    }

    [Fact]
    public async Task A_caller_waits_no_longer_than_the_timeout_for_a_lease_that_another_process_holds()
    {
        var store = new FaultyStore();
        await using var host = WithGrace(store);
        (await store.TryTakeAsync(StoredTokens.Key, TimeSpan.FromMinutes(1))).Should().NotBeNull();
        var asked = host.Source.GetTokenAsync().AsTask();

        // The caller's time, and the pause before the lease is asked for again.
        await host.Time.WaitForTimersAsync(2);
        host.Time.Advance(Timeout);

        (await asked.Awaiting(static task => task).Should().ThrowAsync<TokenRefreshException>()).Which.Message
            .Should().Contain("holds the lease");
    }

    private static TokenHost WithGrace(
        FaultyStore? store = null, Action<TokenRefreshOptions>? configure = null, Action<IServiceCollection>? services = null) => TokenHost.WithRefreshToken(
        options =>
        {
            (options.Resilience.Timeout, options.Resilience.ReuseGrace) = (Timeout, Grace);
            configure?.Invoke(options);
        },
        collection =>
        {
            if (store is not null)
            {
                collection.AddStore(store);
            }

            services?.Invoke(collection);
        },
        new FakeTokenEndpointOptions { ReuseGrace = Grace },
        time: store?.Time);
}
