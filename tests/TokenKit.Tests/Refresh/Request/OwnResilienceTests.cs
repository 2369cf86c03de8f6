using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Fallback;
using Polly.Hedging;
using Polly.Retry;
using TokenKit.Refresh.Request;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Strategies of the application's own around the requests to a token endpoint.</summary>
public class OwnResilienceTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private static readonly RetryStrategyOptions<TokenAnswer> Everything = new()
    {
        ShouldHandle = static _ => PredicateResult.True(),
        MaxRetryAttempts = 5,
        Delay = TimeSpan.FromMilliseconds(1),
    };

    public static TheoryData<RetryStrategyOptions<TokenAnswer>> Retries => [new RetryStrategyOptions<TokenAnswer>(), Everything];

    [Theory]
    [MemberData(nameof(Retries))]
    public async Task A_strategy_that_retries_still_sends_a_refresh_token_once(RetryStrategyOptions<TokenAnswer> retry)
    {
        await using var host = WithRefreshToken(pipeline => pipeline.AddRetry(retry));
        await GetFirstAsync(host);
        host.Endpoint.DropAfter();

        var result = await host.Refresher.RefreshAsync();

        result.Failure!.IsAmbiguous.Should().BeTrue();
        host.Endpoint.TokenRequests.Should().Be(2, "one for the first token, one whose answer was lost");
        host.Endpoint.LostGrants.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Retries))]
    public async Task Within_a_grace_the_flight_and_not_the_strategy_sends_it_once_more(RetryStrategyOptions<TokenAnswer> retry)
    {
        await using var host = WithRefreshToken(pipeline => pipeline.AddRetry(retry), Grace);
        await GetFirstAsync(host);
        host.Endpoint.DropAfter(2);

        (await host.Refresher.RefreshAsync()).Failure!.IsAmbiguous.Should().BeTrue();
        await host.FlightEndedAsync();

        host.Endpoint.TokenRequests.Should().Be(3, "the one retry that the flight allows was lost as well");
        host.Endpoint.LostGrants.Should().Be(0);
    }

    [Fact]
    public async Task An_answer_with_a_token_is_never_asked_for_again()
    {
        await using var host = WithRefreshToken(static pipeline => pipeline.AddRetry(Everything));

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");

        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_refused_client_is_not_asked_about_again()
    {
        await using var host = WithCredentials(static pipeline => pipeline.AddRetry(Everything));
        host.Endpoint.FailNext(HttpStatusCode.Unauthorized, "{\"error\":\"invalid_client\"}", count: 9);

        await RefusedAsync(host);

        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_strategy_can_make_the_waits_between_attempts_longer()
    {
        var wait = TimeSpan.FromSeconds(2);
        await using var host = WithCredentials(pipeline => pipeline.AddRetry(new RetryStrategyOptions<TokenAnswer>
        {
            ShouldHandle = static arguments => new(arguments.Outcome.Result?.StatusCode == 503),
            Delay = wait,
        }));
        host.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable, count: 2);
        var start = host.Time.GetUtcNow();

        var asked = host.Source.GetTokenAsync().AsTask();
        await host.PausesPassUntilAsync(() => asked.IsCompleted, "the retries end");

        (await asked).Reveal().Should().StartWith("access-");
        (host.Time.GetUtcNow() - start).Should().Be(2 * wait);
        host.Endpoint.TokenRequests.Should().Be(3);
    }

    [Fact]
    public async Task The_number_of_requests_stays_that_of_the_definition()
    {
        await using var host = WithCredentials(static pipeline => pipeline.AddRetry(Everything));
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError, count: 50);

        var asked = host.Source.GetTokenAsync().AsTask();
        await host.PausesPassUntilAsync(() => asked.IsCompleted, "the attempts end");

        host.Endpoint.TokenRequests.Should().Be(3);
    }

    [Fact]
    public async Task A_strategy_that_lets_nothing_through_is_a_transient_failure_in_which_nothing_was_sent()
    {
        await using var host = WithRefreshToken(static pipeline => pipeline.AddCircuitBreaker(
            new CircuitBreakerStrategyOptions<TokenAnswer> { ManualControl = new CircuitBreakerManualControl(isIsolated: true) }));

        var failure = (await RefusedAsync(host)).Failure;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeFalse();
        failure.Exception.Should().BeOfType<IsolatedCircuitException>();
        failure.Message.Should().Contain("ConfigureTokenEndpointResilience").And.Contain("Nothing was sent");
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_circuit_that_opens_after_failures_sends_nothing_until_it_closes_again()
    {
        var circuit = new CircuitBreakerStateProvider();
        var breaks = TimeSpan.FromMinutes(2);
        await using var host = WithCredentials(
            pipeline => pipeline.AddCircuitBreaker(new CircuitBreakerStrategyOptions<TokenAnswer>
            {
                ShouldHandle = static arguments => new(arguments.Outcome.Result?.StatusCode == 503),
                MinimumThroughput = 2,
                FailureRatio = 1,
                SamplingDuration = TimeSpan.FromMinutes(10),
                BreakDuration = breaks,
                StateProvider = circuit,
            }),
            static options => options.Resilience.Attempts = 1);
        host.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable, count: 2);
        (await host.Refresher.RefreshAsync()).Succeeded.Should().BeFalse();
        (await host.Refresher.RefreshAsync()).Succeeded.Should().BeFalse();
        circuit.CircuitState.Should().Be(CircuitState.Open);

        var failure = (await host.Refresher.RefreshAsync()).Failure!;

        (failure.Reason, failure.IsTransient, failure.IsAmbiguous).Should().Be((RefreshFailureReason.Unreachable, true, false));
        failure.Exception.Should().BeOfType<BrokenCircuitException>();
        host.Endpoint.TokenRequests.Should().Be(2);
        host.Time.Advance(breaks);
        (await host.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();
        host.Endpoint.TokenRequests.Should().Be(3);
    }

    [Fact]
    public async Task A_strategy_that_limits_the_rate_lets_no_more_requests_through()
    {
        await using var host = WithCredentials(static pipeline => pipeline.AddStrategy(static _ => new OneRequest(), new NoOptions()));
        (await host.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();

        var failure = (await host.Refresher.RefreshAsync()).Failure!;

        (failure.Reason, failure.IsTransient, failure.IsAmbiguous).Should().Be((RefreshFailureReason.Unreachable, true, false));
        failure.Exception.Should().BeOfType<RateReachedException>();
        failure.Message.Should().Contain("Nothing was sent");
        host.Endpoint.TokenRequests.Should().Be(1);
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1", "the token works");
    }

    [Fact]
    public async Task Requests_that_a_strategy_wants_at_the_same_time_follow_each_other()
    {
        await using var host = WithRefreshToken(static pipeline => pipeline.AddHedging(new HedgingStrategyOptions<TokenAnswer>
        {
            ShouldHandle = static _ => PredicateResult.True(),
            Delay = TimeSpan.Zero,
            MaxHedgedAttempts = 3,
        }));
        using var held = host.Endpoint.HoldNext();
        var asked = host.Source.GetTokenAsync().AsTask();
        await held.WaitForArrivalAsync();

        held.Release();

        (await asked).Reveal().Should().Be("access-1");
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_strategy_can_end_a_request_before_the_deadline()
    {
        await using var host = WithRefreshToken(static pipeline => pipeline.AddTimeout(TimeSpan.FromSeconds(1)));
        await GetFirstAsync(host);
        using var held = host.Endpoint.HoldNext();
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await held.WaitForArrivalAsync();

        host.Time.Advance(TimeSpan.FromSeconds(1));

        var failure = (await refresh).Failure!;
        (failure.Reason, failure.IsAmbiguous).Should().Be((RefreshFailureReason.TimedOut, true));
    }

    [Fact]
    public async Task A_strategy_that_waits_beyond_the_deadline_is_left_behind_and_sends_nothing_more()
    {
        var isAnswered = false;
        await using var host = WithCredentials(pipeline => pipeline.AddRetry(new RetryStrategyOptions<TokenAnswer>
        {
            ShouldHandle = arguments =>
            {
                Volatile.Write(ref isAnswered, true);
                return new(arguments.Outcome.Result?.StatusCode == 503);
            },
            Delay = TimeSpan.FromHours(1),
        }));
        host.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable, count: 9);
        var flight = host.RefreshToItsEndAsync();
        await TokenHost.HappensAtOnceAsync(() => Volatile.Read(ref isAnswered), "the first answer came");

        await host.TimePassesUntilAsync(() => flight.IsCompleted, "the deadline ends it");

        (await flight).Failure!.Reason.Should().BeOneOf(RefreshFailureReason.ServerError, RefreshFailureReason.Throttled);
        host.Time.Advance(TimeSpan.FromHours(2));
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task The_answer_of_a_fallback_takes_no_request_s_place()
    {
        var invented = new TokenAnswer(200, new Dictionary<string, IReadOnlyList<string>>(), "{\"access_token\":\"invented\"}"u8.ToArray());
        await using var host = WithRefreshToken(pipeline => pipeline.AddFallback(new FallbackStrategyOptions<TokenAnswer>
        {
            FallbackAction = _ => Outcome.FromResultAsValueTask(invented),
        }));
        host.Endpoint.DropAfter(2);

        (await RefusedAsync(host)).Failure.IsAmbiguous.Should().BeTrue();
    }

    [Fact]
    public async Task Strategies_are_added_from_the_outside_in_and_see_answers_and_failures()
    {
        List<string> seen = [];
        RetryStrategyOptions<TokenAnswer> Watching(string name) => new()
        {
            ShouldHandle = arguments =>
            {
                seen.Add($"{name} {arguments.Context.OperationKey} {arguments.Outcome.Result?.StatusCode} {arguments.Outcome.Exception?.GetType().Name}".TrimEnd());
                return PredicateResult.False();
            },
        };
        var services = new ServiceCollection();
        var endpoint = new FakeTokenEndpoint();
        services.AddTokenRefresh("crm", token =>
        {
            token.TokenEndpoint = endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.ClientCredentials;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            token.Resilience.Attempts = 1;
        })
            .ConfigureTokenEndpointResilience(pipeline => pipeline.AddRetry(Watching("outer")))
            .ConfigureTokenEndpointResilience(pipeline => pipeline.AddRetry(Watching("inner")));
        services.AddHttpClient("tokenkit-crm").ConfigurePrimaryHttpMessageHandler(endpoint.CreateHandler);
        await using var provider = services.BuildServiceProvider();
        endpoint.DropAfter();

        await provider.GetTokenSource("crm").Awaiting(static source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();
        await provider.GetRequiredKeyedService<ITokenRefresher>("crm").RefreshAsync();

        seen.Should().Equal("inner crm  TokenRefreshException", "outer crm  TokenRefreshException", "inner crm 200", "outer crm 200");
    }

    private static TokenHost WithRefreshToken(Action<ResiliencePipelineBuilder<TokenAnswer>> configure, TimeSpan grace = default) =>
        TokenHost.WithRefreshToken(
            options => options.Resilience.ReuseGrace = grace,
            services => services.AddKeyedSingleton(TokenHost.Name, new TokenEndpointResilience(configure)),
            new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10), ReuseGrace = grace });

    private static TokenHost WithCredentials(
        Action<ResiliencePipelineBuilder<TokenAnswer>> configure, Action<TokenRefreshOptions>? options = null) =>
        TokenHost.WithClientCredentials(options, services: services => services.AddKeyedSingleton(TokenHost.Name, new TokenEndpointResilience(configure)));

    private static async Task GetFirstAsync(TokenHost host)
    {
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
    }

    private static async Task<TokenRefreshException> RefusedAsync(TokenHost host) =>
        (await host.Source.Awaiting(static source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>()).Which;

    /// <summary>As a rate limiter does, whose package is none of ours: what is too much is refused by an exception.</summary>
    private sealed class OneRequest : ResilienceStrategy<TokenAnswer>
    {
        private int _requests;

        protected override ValueTask<Outcome<TokenAnswer>> ExecuteCore<TState>(
            Func<ResilienceContext, TState, ValueTask<Outcome<TokenAnswer>>> callback, ResilienceContext context, TState state) =>
            Interlocked.Increment(ref _requests) == 1
                ? callback(context, state)
                : Outcome.FromExceptionAsValueTask<TokenAnswer>(new RateReachedException());
    }

    private sealed class RateReachedException() : Exception("Too many requests.");

    private sealed class NoOptions : ResilienceStrategyOptions;
}
