using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The questions to ask of any single flight.</summary>
public class FlightTests
{
    [Fact]
    public async Task The_first_caller_cancels_and_the_others_still_get_their_token()
    {
        await using var host = TokenHost.WithClientCredentials();
        using var held = host.Endpoint.HoldNext();
        using var leaving = new CancellationTokenSource();
        var first = host.Source.GetTokenAsync(leaving.Token).AsTask();
        var second = host.Source.GetTokenAsync().AsTask();
        await held.WaitForArrivalAsync();

        await leaving.CancelAsync();

        await first.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        second.IsCompleted.Should().BeFalse("the flight goes on");
        held.Release();
        (await second).Reveal().Should().Be("access-1");
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_caller_who_has_left_already_starts_no_refresh()
    {
        await using var host = TokenHost.WithClientCredentials();
        var gone = new CancellationToken(canceled: true);

        await host.Awaiting(it => it.Source.GetTokenAsync(gone).AsTask()).Should().ThrowAsync<OperationCanceledException>();
        await host.FlightEndedAsync();

        host.Endpoint.TokenRequests.Should().Be(0, "nobody waits for the token");
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        (await host.Source.GetTokenAsync(gone)).Reveal().Should().Be("access-1", "a token at hand costs nothing to give");
    }

    [Fact]
    public async Task A_failed_flight_fails_all_its_waiters_together()
    {
        await using var host = TokenHost.WithClientCredentials(options => options.Resilience.Attempts = 1);
        host.Endpoint.FailNextWithError("invalid_scope");
        using var held = host.Endpoint.HoldNext();
        var callers = Enumerable.Range(0, 200).Select(_ => host.Source.GetTokenAsync().AsTask()).ToArray();
        await held.WaitForArrivalAsync();

        held.Release();

        foreach (var caller in callers)
        {
            (await caller.Awaiting(task => task).Should().ThrowAsync<TokenRefreshException>())
                .Which.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        }

        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_failure_is_remembered_for_a_while_and_then_tried_again()
    {
        await using var host = TokenHost.WithClientCredentials(options => options.Resilience.Attempts = 1);
        host.Endpoint.FailNext(System.Net.HttpStatusCode.InternalServerError);
        await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();

        await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();
        host.Endpoint.TokenRequests.Should().Be(1, "the remembered failure answers");

        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(2));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
    }

    [Fact]
    public async Task A_due_token_is_handed_out_while_one_refresh_runs_in_the_background()
    {
        await using var host = TokenHost.WithClientCredentials(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(9));
        using var held = host.Endpoint.HoldNext();

        for (var call = 0; call < 100; call++)
        {
            var ask = host.Source.GetTokenAsync();
            ask.IsCompletedSuccessfully.Should().BeTrue("a caller never waits while a usable token exists");
            (await ask).Reveal().Should().Be("access-1");
        }

        await held.WaitForArrivalAsync();
        held.Release();
        await host.FlightEndedAsync();
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_failed_background_refresh_costs_no_caller()
    {
        await using var host = TokenHost.WithClientCredentials(
            options => options.Resilience.Attempts = 1,
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(9));
        host.Endpoint.FailNext(System.Net.HttpStatusCode.InternalServerError);

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        await host.FlightEndedAsync();

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        host.Endpoint.TokenRequests.Should().Be(2, "the next attempt waits out the back-off");
    }

    [Fact]
    public async Task A_fresh_token_is_handed_out_at_once_and_without_an_allocation()
    {
        await using var host = TokenHost.WithClientCredentials();
        await host.Source.GetTokenAsync();
        var source = host.Source;
        Ask(source, 1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var completed = Ask(source, 1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        completed.Should().Be(1000, "the hot path completes synchronously");
        allocated.Should().Be(0);

        static int Ask(ITokenSource source, int times)
        {
            var completed = 0;
            for (var call = 0; call < times; call++)
            {
                var asked = source.GetTokenAsync();
                completed += asked.IsCompletedSuccessfully ? 1 : 0;
                asked.GetAwaiter().GetResult();
            }

            return completed;
        }
    }

    [Fact]
    public async Task The_refresh_carries_nothing_of_the_caller_who_started_it()
    {
        var canary = new AsyncLocal<string?>();
        string? seen = "not run";
        Activity? current = null;
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddKeyedSingleton<ITokenRequester>(
            TokenHost.Name,
            new CallbackRequester(() =>
            {
                seen = canary.Value;
                current = Activity.Current?.Parent;
            })));

        canary.Value = "a caller's";
        using var activity = new Activity("caller").Start();
        await host.Source.GetTokenAsync();

        seen.Should().BeNull();
        current.Should().BeNull();
    }

    [Fact]
    public async Task A_token_asked_for_inside_its_own_refresh_throws()
    {
        TokenHost? host = null;
        InvalidOperationException? thrown = null;
        host = TokenHost.WithClientCredentials(services: services => services.AddKeyedSingleton<ITokenRequester>(
            TokenHost.Name,
            new CallbackRequester(() =>
            {
                try
                {
                    host!.Source.GetTokenAsync().AsTask().GetAwaiter().GetResult();
                }
                catch (InvalidOperationException exception)
                {
                    thrown = exception;
                }
            })));
        await using var disposal = host;

        await host.Source.GetTokenAsync();

        thrown!.Message.Should().Contain("inside its own refresh");
    }

    [Fact]
    public async Task A_minimum_validity_above_the_whole_lifetime_costs_one_refresh_and_accepts_what_came()
    {
        await using var host = TokenHost.WithClientCredentials(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(5) });
        var demand = new TokenDemand { MinimumValidity = TimeSpan.FromHours(1) };

        (await host.Source.GetTokenAsync(demand)).Reveal().Should().Be("access-1");
        (await host.Source.GetTokenAsync(demand)).Reveal().Should().Be("access-1");

        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_minimum_validity_that_the_server_can_meet_is_met()
    {
        await using var host = TokenHost.WithClientCredentials(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        await host.Source.GetTokenAsync();
        host.Time.Advance(TimeSpan.FromMinutes(5));

        var token = await host.Source.GetTokenAsync(new TokenDemand { MinimumValidity = TimeSpan.FromMinutes(8) });

        token.Reveal().Should().Be("access-2");
    }

    [Fact]
    public async Task A_lifetime_of_nothing_serves_the_callers_of_that_flight_and_is_not_kept()
    {
        await using var host = TokenHost.WithClientCredentials(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.Zero });
        using var held = host.Endpoint.HoldNext();
        var callers = Enumerable.Range(0, 20).Select(_ => host.Source.GetTokenAsync().AsTask()).ToArray();
        await held.WaitForArrivalAsync();
        held.Release();

        (await Task.WhenAll(callers)).Should().OnlyContain(token => token.Reveal() == "access-1");
        await host.FlightEndedAsync();
        host.Cached.Should().BeNull();
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
    }

    [Fact]
    public async Task An_api_that_refuses_every_token_does_not_become_a_storm_on_the_token_endpoint()
    {
        await using var host = TokenHost.WithClientCredentials();
        var token = await host.Source.GetTokenAsync();

        for (var call = 0; call < 100; call++)
        {
            token = await host.Source.GetTokenAsync(new TokenDemand { Rejected = token });
            host.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        host.Endpoint.TokenRequests.Should().Be(2, "one forced refresh in 30 seconds");
    }

    [Fact]
    public async Task Forcing_gets_another_token_although_the_present_one_works()
    {
        await using var host = TokenHost.WithRefreshToken();
        await host.Source.GetTokenAsync();

        (await host.Source.GetTokenAsync(new TokenDemand { Force = true })).Reveal().Should().Be("access-2");
        var result = await host.Refresher.RefreshAsync();

        result.Succeeded.Should().BeTrue();
        result.Outcome.Should().Be(RefreshOutcome.Refreshed);
        result.Trigger.Should().Be(RefreshTrigger.Requested);
        result.Token!.Reveal().Should().Be("access-3");
        result.Steps.Select(step => step.Name).Should().Equal("clear", "request", "map", "validate", "persist");
        result.ToString().Should().NotContain("access-3");
    }

    [Fact]
    public async Task Every_path_joins_the_one_flight()
    {
        await using var host = TokenHost.WithRefreshToken();
        var refused = await host.Source.GetTokenAsync();
        using var held = host.Endpoint.HoldNext();

        var paths = new Task[]
        {
            host.Source.GetTokenAsync(new TokenDemand { Rejected = refused }).AsTask(),
            host.Source.GetTokenAsync(new TokenDemand { Force = true }).AsTask(),
            host.Source.GetTokenAsync(new TokenDemand { MinimumValidity = TimeSpan.FromHours(1) - TimeSpan.FromTicks(1) }).AsTask(),
            host.Refresher.RefreshAsync().AsTask(),
            host.Refresher.RefreshAsync().AsTask(),
        };
        await held.WaitForArrivalAsync();
        held.Release();
        await Task.WhenAll(paths);

        host.Endpoint.TokenRequests.Should().Be(2);
    }

    private sealed class CallbackRequester(Action callback) : ITokenRequester
    {
        public ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken)
        {
            callback();
            return ValueTask.FromResult(new TokenAnswer(
                200,
                System.Collections.Immutable.ImmutableDictionary<string, IReadOnlyList<string>>.Empty,
                """{"access_token":"access-x","expires_in":3600}"""u8.ToArray()));
        }
    }
}
