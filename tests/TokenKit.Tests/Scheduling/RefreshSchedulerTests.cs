using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Scheduling;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>Renewal without traffic, in virtual time and on one thread.</summary>
public class RefreshSchedulerTests
{
    private static readonly FakeTokenEndpointOptions OneHour = new() { AccessTokenLifetime = TimeSpan.FromHours(1) };

    [Fact]
    public void A_due_token_is_renewed_although_nobody_asks() => OnOneThread(async () =>
    {
        await using var host = Host();
        await host.StartAsync();
        await host.Source.GetTokenAsync();

        for (var minute = 0; minute < 24 * 60; minute++)
        {
            host.Time.Advance(TimeSpan.FromMinutes(1));
            host.Cached.Should().NotBeNull("no caller ever waits");
        }

        host.Endpoint.TokenRequests.Should().BeInRange(25, 45, "a token of an hour is renewed after three quarters of it");
    });

    [Fact]
    public void A_token_of_an_hour_is_renewed_every_fifty_five_minutes_where_the_definition_says_so() => OnOneThread(async () =>
    {
        await using var host = Host(options => (options.Freshness.Every, options.Freshness.Jitter) = (TimeSpan.FromMinutes(55), 0));
        await host.StartAsync();
        await host.Source.GetTokenAsync();

        host.Time.Advance(TimeSpan.FromMinutes(55 * 10));

        host.Endpoint.TokenRequests.Should().Be(11);
    });

    [Fact]
    public void Without_a_host_nothing_runs_on_its_own() => OnOneThread(async () =>
    {
        await using var host = Host();
        await host.Source.GetTokenAsync();

        host.Time.Advance(TimeSpan.FromDays(1));

        host.Endpoint.TokenRequests.Should().Be(1);
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2", "callers are served all the same");
    });

    [Fact]
    public void What_an_earlier_process_stored_is_renewed_after_a_restart_although_nobody_asks() => OnOneThread(async () =>
    {
        var store = new FaultyStore();
        await using var first = Host(services: services => services.AddStore(store), time: store.Time);
        await first.Source.GetTokenAsync();
        await using var second = Host(services: services => services.AddStore(store), time: store.Time);
        second.Endpoint.TokenRequests.Should().Be(0);

        await second.StartAsync();
        second.Cached!.Reveal().Should().Be("access-1", "the stored token is loaded");
        second.Endpoint.TokenRequests.Should().Be(0);
        store.Time.Advance(TimeSpan.FromMinutes(55));

        second.Endpoint.TokenRequests.Should().Be(1);
    });

    [Fact]
    public void A_token_that_nobody_has_asked_for_yet_is_not_obtained() => OnOneThread(async () =>
    {
        await using var host = Host();
        await host.StartAsync();

        host.Time.Advance(TimeSpan.FromDays(1));

        host.Endpoint.TokenRequests.Should().Be(0);
    });

    [Fact]
    public void The_host_is_ready_only_when_the_token_is() => OnOneThread(async () =>
    {
        await using var host = Host(options => (options.Freshness.AtStart, options.Resilience.Attempts) = (true, 1));
        host.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable, count: 3);

        var starting = host.StartAsync();
        starting.IsCompleted.Should().BeFalse("the server is down, which passes");
        host.Time.Advance(TimeSpan.FromMinutes(3));

        starting.IsCompletedSuccessfully.Should().BeTrue();
        host.Cached.Should().NotBeNull();
        await starting;
    });

    [Fact]
    public void What_does_not_pass_by_itself_stops_the_start() => OnOneThread(async () =>
    {
        await using var host = Host(options => options.Freshness.AtStart = true);
        host.Endpoint.FailNextWithError("invalid_client", status: HttpStatusCode.Unauthorized, count: 10);

        (await host.Awaiting(it => it.StartAsync()).Should().ThrowAsync<InvalidOperationException>())
            .WithMessage("*AtStart*'crm'*ClientRejected*");
    });

    [Fact]
    public async Task A_start_that_is_given_up_ends_at_once()
    {
        await using var host = TokenHost.WithClientCredentials(options => options.Freshness.AtStart = true);
        host.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable, count: 100);
        using var givingUp = new CancellationTokenSource();

        var starting = host.StartAsync(givingUp.Token);
        await givingUp.CancelAsync();

        await starting.Awaiting(task => task.WaitAsync(TimeSpan.FromSeconds(30))).Should().ThrowAsync<OperationCanceledException>();

        // The flight belongs to nobody and waits for its next attempt, which only the clock brings.
        var ending = host.StopAsync();
        await host.TimePassesUntilAsync(() => ending.IsCompleted, "the flight's end");
        await ending;
    }

    [Fact]
    public void Tokens_with_a_subject_are_renewed_without_traffic_only_to_be_kept_alive() => OnOneThread(async () =>
    {
        await using var idle = Host();
        await idle.StartAsync();
        await idle.Source.GetTokenAsync(new TokenDemand { Subject = "north" });
        idle.Time.Advance(TimeSpan.FromDays(30));
        idle.Endpoint.TokenRequests.Should().Be(1);

        await using var kept = Host(options => options.Freshness.KeepAlive = TimeSpan.FromDays(7));
        await kept.StartAsync();
        await kept.Source.GetTokenAsync(new TokenDemand { Subject = "north" });
        kept.Time.Advance(TimeSpan.FromDays(30));
        kept.Endpoint.TokenRequests.Should().Be(5, "once at first, and every 6.3 to 7 days");
    });

    [Fact]
    public void A_token_that_never_expires_is_renewed_only_to_be_kept_alive() => OnOneThread(async () =>
    {
        await using var host = Host(options =>
        {
            options.Response.Lifetime = Timeout.InfiniteTimeSpan;
            options.Freshness.KeepAlive = TimeSpan.FromDays(60);
        });
        await host.StartAsync();
        await host.Source.GetTokenAsync();

        host.Time.Advance(TimeSpan.FromDays(61));

        host.Endpoint.TokenRequests.Should().Be(2);
    });

    [Fact]
    public void Ten_thousand_equal_expiries_are_spread() => OnOneThread(async () =>
    {
        const int Keys = 10_000;

        // By draws of its own, the fullest of some ninety seconds would pass the bound in one run of a hundred.
        await using var host = Host(
            options => options.Freshness.KeepAlive = TimeSpan.FromMinutes(15),
            services => services.AddSingleton<Randomness>(new SeededRandomness(1)));
        await host.StartAsync();
        for (var subject = 0; subject < Keys; subject++)
        {
            await host.Source.GetTokenAsync(new TokenDemand { Subject = $"shop-{subject}" });
        }

        var bySecond = new List<int>();
        for (var second = 0; second < 15 * 60; second++)
        {
            var before = host.Endpoint.TokenRequests;
            host.Time.Advance(TimeSpan.FromSeconds(1));
            bySecond.Add(host.Endpoint.TokenRequests - before);
        }

        bySecond.Sum().Should().Be(Keys);
        var window = bySecond.Where(count => count > 0).ToList();
        window.Should().HaveCountGreaterThan(80, "a tenth of fifteen minutes");
        window.Max().Should().BeLessThanOrEqualTo((int)(2 * window.Average()));
    });

    [Fact]
    public void A_token_whose_server_hangs_or_fails_delays_no_other() => OnOneThread(async () =>
    {
        const int Keys = 100;
        await using var host = Host(options =>
        {
            options.Freshness.KeepAlive = TimeSpan.FromMinutes(15);
            options.Resilience.Attempts = 1;
        });
        await host.StartAsync();
        for (var subject = 0; subject < Keys; subject++)
        {
            await host.Source.GetTokenAsync(new TokenDemand { Subject = $"shop-{subject}" });
        }

        using var held = host.Endpoint.HoldNext();
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError);
        host.Time.Advance(TimeSpan.FromMinutes(15));

        host.Endpoint.TokenRequests.Should().BeGreaterThanOrEqualTo(2 * Keys, "one hangs, one failed, and all are asked for on time");
        host.Endpoint.IssuedAccessTokens.Should().BeGreaterThanOrEqualTo((2 * Keys) - 1);
        held.Release();
        host.Time.Advance(TimeSpan.FromMinutes(2));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(3650)]
    [InlineData(-3650)]
    public void A_wall_clock_that_jumps_makes_no_storm(int days) => OnOneThread(async () =>
    {
        const int Keys = 200;
        await using var host = Host(
            options => options.Freshness.KeepAlive = TimeSpan.FromDays(7),
            time: new ManualTimeProvider(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)));
        await host.StartAsync();
        await host.Source.GetTokenAsync();
        for (var subject = 1; subject < Keys; subject++)
        {
            await host.Source.GetTokenAsync(new TokenDemand { Subject = $"shop-{subject}" });
        }

        host.Time.JumpWallClock(TimeSpan.FromDays(days));
        host.Time.Advance(TimeSpan.FromMinutes(5));
        var atOnce = host.Endpoint.TokenRequests - Keys;
        host.Time.Advance(TimeSpan.FromMinutes(25));

        atOnce.Should().BeLessThanOrEqualTo(Keys, "at most one request for each key");
        (host.Endpoint.TokenRequests - Keys).Should().Be(atOnce, "and then quiet");
        host.Cached.Should().NotBeNull();
        host.Time.Advance(TimeSpan.FromDays(7));
        host.Endpoint.TokenRequests.Should().BeGreaterThanOrEqualTo((2 * Keys) + 150, "the jump puts nothing off for long");
    });

    [Fact]
    public void A_machine_that_slept_renews_what_it_missed_once() => OnOneThread(async () =>
    {
        await using var host = Host();
        await host.StartAsync();
        await host.Source.GetTokenAsync();

        host.Time.Suspend(TimeSpan.FromHours(10));
        host.Time.Advance(RefreshScheduler.LongestSleep);

        host.Endpoint.TokenRequests.Should().Be(2);
        host.Cached.Should().NotBeNull("nobody had to wait for it");
    });

    [Theory]
    [InlineData(50)]
    [InlineData(3650)]
    public void Times_beyond_what_a_timer_takes_are_waited_out(int days) => OnOneThread(async () =>
    {
        await using var host = Host(server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromDays(days) });
        await host.StartAsync();
        await host.Source.GetTokenAsync();
        var lifetime = TimeSpan.FromDays(Math.Min(days, 365));

        host.Time.Advance(lifetime * 0.6);
        host.Endpoint.TokenRequests.Should().Be(1);
        host.Time.Advance(lifetime * 0.3);

        host.Endpoint.TokenRequests.Should().Be(2);
    });

    [Fact]
    public void An_outage_is_waited_out_and_the_token_renewed_before_it_ends() => OnOneThread(async () =>
    {
        await using var host = Host(options => options.Resilience.Attempts = 1);
        await host.StartAsync();
        await host.Source.GetTokenAsync();
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError, count: 5);

        host.Time.Advance(TimeSpan.FromMinutes(58));

        host.Endpoint.TokenRequests.Should().Be(7);
        host.Cached!.Reveal().Should().Be("access-2");
    });

    [Fact]
    public void A_dead_grant_is_left_to_people() => OnOneThread(async () =>
    {
        await using var host = TokenHost.WithRefreshToken(services: Inline, server: OneHour);
        await host.StartAsync();
        await host.Source.GetTokenAsync();
        host.Endpoint.FailNextWithError("invalid_grant");

        host.Time.Advance(TimeSpan.FromDays(2));

        host.Endpoint.TokenRequests.Should().Be(2);
    });

    [Fact]
    public void There_is_one_place_in_the_queue_for_each_key_whatever_happens() => OnOneThread(async () =>
    {
        await using var host = Host();
        await host.StartAsync();
        for (var round = 0; round < 50; round++)
        {
            await host.Refresher.RefreshAsync();
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        host.Services.GetRequiredService<RefreshScheduler>().Waiting.Should().Be(1);
        host.Time.WaitingTimers.Should().Be(1, "there is one timer for all");
    });

    [Fact]
    public void Once_the_host_stops_nothing_is_renewed_any_more() => OnOneThread(async () =>
    {
        await using var host = Host();
        await host.StartAsync();
        await host.Source.GetTokenAsync();

        await host.StopAsync();
        host.Time.Advance(TimeSpan.FromDays(1));

        host.Endpoint.TokenRequests.Should().Be(1);
        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .WithMessage("*ending*");
    });

    [Fact]
    public void A_token_that_came_while_the_store_was_looked_into_is_not_renewed_at_once() => OnOneThread(async () =>
    {
        var store = new FaultyStore();
        var look = new TaskCompletionSource();
        store.BeforeRead = () => look.Task;
        await using var host = TokenHost.WithClientCredentials(
            services: services => { services.AddStore(store); Inline(services); }, server: OneHour, time: store.Time);
        await host.StartAsync();
        await host.Source.GetTokenAsync();

        look.SetResult();

        host.Endpoint.TokenRequests.Should().Be(1);
    });

    [Fact]
    public async Task The_end_of_the_host_waits_for_the_refresh_that_is_under_way()
    {
        await using var host = TokenHost.WithRefreshToken(server: OneHour);
        await host.StartAsync();
        await host.Source.GetTokenAsync();
        using var held = host.Endpoint.HoldNext();
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await held.WaitForArrivalAsync();

        var stopping = host.StopAsync();
        stopping.IsCompleted.Should().BeFalse();
        held.Release();
        await refresh.WaitAsync(TimeSpan.FromSeconds(30));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));

        host.Endpoint.IsCurrent((await host.StoredAsync())!.RefreshToken!.Reveal()).Should().BeTrue("the rotated token is stored");
    }

    [Fact]
    public async Task The_end_of_the_host_waits_for_a_store_that_comes_back()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: OneHour, time: store.Time);
        await host.StartAsync();
        await host.Source.GetTokenAsync();
        store.FailWrites(int.MaxValue);
        await host.Refresher.RefreshAsync();

        var stopping = host.StopAsync();
        var refused = store.Writes;
        await host.PausesPassUntilAsync(() => store.Writes >= refused + 4, "the write is tried again");
        stopping.IsCompleted.Should().BeFalse("the store fails still");
        store.FailWrites(0);
        await host.PausesPassUntilAsync(() => stopping.IsCompleted, "the host ends");

        await stopping;
        (await host.StoredAsync(store))!.AccessToken!.Reveal().Should().Be("access-2");
    }

    [Fact]
    public void A_refresh_token_that_refreshing_does_not_prolong_is_warned_about_ahead_of_its_end() => OnOneThread(async () =>
    {
        var logs = new RecordedLogs();
        var server = new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromHours(1) };
        await using var host = TokenHost.WithRefreshToken(
            options => options.Response.RefreshTokenExpiresAt = "body.refresh_ends",
            services => { services.AddLogging(logging => logging.AddRecordedLogs(logs)); Inline(services); },
            server);
        server.AnswerMembers["refresh_ends"] = host.Time.GetUtcNow().AddDays(10).ToString("O");
        await host.StartAsync();
        await host.Source.GetTokenAsync();

        host.Time.Advance(TimeSpan.FromDays(2));
        logs.Of(1252).Should().BeEmpty("there is time");
        host.Time.Advance(TimeSpan.FromDays(3));

        logs.Of(1252).Count.Should().BeInRange(2, 3, "once a day from a week ahead");
        logs.Of(1252)[0].Message.Should().Contain("'crm'").And.Contain("consent");
    });

    private static TokenHost Host(
        Action<TokenRefreshOptions>? configure = null, Action<IServiceCollection>? services = null, FakeTokenEndpointOptions? server = null,
        ManualTimeProvider? time = null) =>
        TokenHost.WithClientCredentials(
            configure,
            collection =>
            {
                services?.Invoke(collection);
                Inline(collection);
            },
            server ?? OneHour,
            time: time);

    private static void Inline(IServiceCollection services) => services.AddSingleton<IWorkSpawner>(new InlineSpawner());

    internal static void OnOneThread(Func<Task> test)
    {
        // With a synchronization context continuations would be posted to other threads.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var run = test();
            run.IsCompleted.Should().BeTrue("everything happens on this thread as the clock is moved");
            run.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
