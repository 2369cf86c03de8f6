using System.Net;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary><c>Freshness:AtMostEvery</c>: servers that limit logins see no request sooner, whoever wants one.</summary>
public sealed class RequestLimitTests : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FaultyStore _store = new();
    private readonly List<TokenHost> _hosts = [];

    private static readonly Dictionary<string, Func<TokenHost, Task>> WishesByName = new(StringComparer.Ordinal)
    {
        ["nothing but the margin"] = static _ => Task.CompletedTask,
        ["a 401"] = static async host => await TryAsync(host, new TokenDemand { Rejected = host.Cached }),
        ["force"] = static async host => await TryAsync(host, new TokenDemand { Force = true }),
        ["a longer life"] = static async host => await TryAsync(host, new TokenDemand { MinimumValidity = TimeSpan.FromHours(23) }),
        ["somebody who asks"] = static async host => await host.Refresher.RefreshAsync(),
        ["a lost token"] = static async host => await host.Source.ForgetAsync(),
        ["another seed"] = static async host => await host.Source.SeedAsync(new TokenSeed(host.Endpoint.IssueRefreshToken())),
    };

    public static TheoryData<string> Wishes => new(WishesByName.Keys);

    [Theory]
    [MemberData(nameof(Wishes))]
    public async Task No_wish_brings_a_second_request_within_the_time_to_any_process_and_one_does_after_it(string wish)
    {
        var wants = WishesByName[wish];
        Open(3, options => options.Freshness.Margin = TimeSpan.FromMinutes(50), seeded: true, lifetime: TimeSpan.FromMinutes(55));
        await AskAllAsync();

        for (var minute = 0; minute < 60; minute++)
        {
            foreach (var host in _hosts)
            {
                await wants(host);
                await host.FlightEndedAsync();
                await TryAsync(host, TokenDemand.Default);
                await host.FlightEndedAsync();
            }

            Endpoint.TokenRequests.Should().Be(1, "{0}, minute {1}", wish, minute);
            _store.Time.Advance(Minute);
        }

        await AskAllAsync();
        Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task Who_has_a_usable_token_gets_it_and_who_has_none_is_told_how_long_to_wait()
    {
        Open(1);
        await _hosts[0].Source.GetTokenAsync();
        _store.Time.Advance(10 * Minute);

        (await _hosts[0].Source.GetTokenAsync(new TokenDemand { Force = true })).Reveal().Should().Be("access-1");
        await _hosts[0].FlightEndedAsync();
        await _hosts[0].Source.ForgetAsync();

        var told = await TryAsync(_hosts[0], TokenDemand.Default);
        told!.Reason.Should().Be(RefreshFailureReason.Throttled);
        told.RetryAfter.Should().BeCloseTo(50 * Minute, TimeSpan.FromSeconds(1));
        told.Message.Should().Contain("AtMostEvery").And.Contain("01:00:00Z");

        _store.Time.Advance(20 * Minute);
        (await TryAsync(_hosts[0], TokenDemand.Default))!.RetryAfter.Should().BeCloseTo(30 * Minute, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_process_that_starts_later_keeps_to_what_others_left()
    {
        Open(2, lifetime: 10 * Minute);
        await _hosts[0].Source.GetTokenAsync();
        await _hosts[0].FlightEndedAsync();
        _store.Time.Advance(20 * Minute);

        var told = await TryAsync(_hosts[1], TokenDemand.Default);

        told!.Reason.Should().Be(RefreshFailureReason.Throttled);
        told.RetryAfter.Should().BeCloseTo(40 * Minute, TimeSpan.FromSeconds(1));
        Endpoint.TokenRequests.Should().Be(1);
        _store.Time.Advance(40 * Minute);
        (await TryAsync(_hosts[1], TokenDemand.Default)).Should().BeNull();
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task A_request_that_failed_counts_and_is_named(HttpStatusCode status)
    {
        Open(2);
        Endpoint.FailNext(status, count: 10);
        await AskAllAsync();

        for (var minute = 0; minute < 59; minute++)
        {
            _store.Time.Advance(Minute);
            (await AskAllAsync()).Should().OnlyContain(failure => failure != null && failure.Reason == RefreshFailureReason.Throttled);
        }

        Endpoint.TokenRequests.Should().Be(1);
        Endpoint.ClearPrepared();
        _store.Time.Advance(Minute);
        (await AskAllAsync()).Should().OnlyContain(failure => failure == null);
    }

    [Fact]
    public async Task What_went_wrong_with_the_last_request_is_said_with_the_wait()
    {
        Open(1);
        Endpoint.FailNextWithError("invalid_client", status: HttpStatusCode.Unauthorized);
        await AskAllAsync();
        _store.Time.Advance(Minute);

        (await TryAsync(_hosts[0], TokenDemand.Default))!.Message.Should().Contain("AtMostEvery").And.Contain("invalid_client");
    }

    [Fact]
    public async Task A_request_whose_answer_was_lost_counts_and_one_that_never_left_does_not()
    {
        Open(1, options => options.Resilience.Attempts = 1);
        Endpoint.RefuseConnections();
        (await TryAsync(_hosts[0], TokenDemand.Default))!.Reason.Should().Be(RefreshFailureReason.Unreachable);
        await _hosts[0].FlightEndedAsync();
        _store.Time.Advance(Minute);
        Endpoint.DropAfter();
        (await TryAsync(_hosts[0], TokenDemand.Default))!.Reason.Should().NotBe(RefreshFailureReason.Throttled, "it was sent");
        await _hosts[0].FlightEndedAsync();

        _store.Time.Advance(59 * Minute);
        (await TryAsync(_hosts[0], TokenDemand.Default))!.Reason.Should().Be(RefreshFailureReason.Throttled);
        _store.Time.Advance(Minute);
        (await TryAsync(_hosts[0], TokenDemand.Default)).Should().BeNull();
    }

    [Fact]
    public async Task A_login_because_the_renewal_was_refused_is_not_put_off()
    {
        Open(
            1,
            options =>
            {
                var endpoint = options.TokenEndpoint;
                (options.Grant, options.TokenEndpoint) = (null, null);
                options.Request.Url = endpoint;
                options.Request.Form.Add("grant_type", "client_credentials");
                options.Request.Authentication = ClientAuthenticationMethods.ClientSecretBasic;
                options.RefreshRequest.Authentication = ClientAuthenticationMethods.ClientSecretBasic;
                options.RefreshRequest.Url = endpoint;
                options.RefreshRequest.Form.Add("grant_type", "refresh_token");
                options.RefreshRequest.Form.Add("refresh_token", "${token.refresh}");
                options.RequestWhen = RequestWhen.RefreshMissingOrRejected;
            },
            seeded: true);
        Endpoint.FailNextWithError("invalid_grant");

        (await TryAsync(_hosts[0], TokenDemand.Default)).Should().BeNull();

        Endpoint.TokenRequests.Should().Be(2);
        await _hosts[0].FlightEndedAsync();
        (await _hosts[0].Refresher.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.Throttled);
    }

    [Fact]
    public async Task A_refresh_token_whose_answer_was_lost_is_not_sent_again_while_the_present_token_works()
    {
        Open(1, options => options.Resilience.ReuseGrace = Minute, seeded: true);
        await _hosts[0].Source.GetTokenAsync();
        await _hosts[0].FlightEndedAsync();
        _store.Time.Advance(19 * Hour);
        Endpoint.DropAfter();
        (await _hosts[0].Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        await _hosts[0].FlightEndedAsync();

        for (var minute = 0; minute < 120; minute++)
        {
            _store.Time.Advance(Minute);
            await TryAsync(_hosts[0], new TokenDemand { Force = true });
            await _hosts[0].FlightEndedAsync();
        }

        Endpoint.TokenRequests.Should().Be(2);
        Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task The_token_of_a_process_that_vanished_with_the_lease_tells_when_it_was_requested()
    {
        Open(2, lifetime: 10 * Minute);
        await _hosts[0].Source.GetTokenAsync();
        await _hosts[0].FlightEndedAsync();

        // As if it had stored its token and not come to give the lease back, before which it had found no wait.
        await (await _store.TryTakeAsync(StoredTokens.Key, Minute))!.ReleaseAsync(RefreshState.Alive);
        await _store.TryTakeAsync(StoredTokens.Key, Minute);
        _store.Time.Advance(20 * Minute);

        var told = TryAsync(_hosts[1], TokenDemand.Default);
        await _hosts[1].PausesPassUntilAsync(() => told.IsCompleted, "the refresh ends");

        (await told)!.Reason.Should().Be(RefreshFailureReason.Throttled);
        (await told)!.RetryAfter.Should().BeCloseTo(40 * Minute, TimeSpan.FromSeconds(5));
        Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task An_access_token_that_somebody_puts_in_serves_at_once()
    {
        Open(2);
        Endpoint.FailNext(HttpStatusCode.InternalServerError);
        await AskAllAsync();
        _store.Time.Advance(Minute);
        await AskAllAsync();

        await _hosts[0].Source.SeedAsync(new TokenSeed { AccessToken = new SecretText("put-in"), Lifetime = Hour });
        _store.Time.Advance(TimeSpan.FromSeconds(1));

        foreach (var host in _hosts)
        {
            (await host.Source.GetTokenAsync()).Reveal().Should().Be("put-in");
        }
    }

    [Fact]
    public async Task A_token_is_not_due_before_a_request_is_allowed()
    {
        Open(1, options => options.Freshness.Margin = TimeSpan.FromMinutes(110), lifetime: 2 * Hour);

        var token = await _hosts[0].Source.GetTokenAsync();

        (token.RefreshAt - token.ObtainedAt).Should().Be(Hour);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    private FakeTokenEndpoint Endpoint => _hosts[0].Endpoint;

    private void Open(int processes, Action<TokenRefreshOptions>? configure = null, bool seeded = false, TimeSpan? lifetime = null)
    {
        var server = new FakeTokenEndpointOptions { AccessTokenLifetime = lifetime ?? TimeSpan.FromDays(1) };
        for (var number = 0; number < processes; number++)
        {
            var first = _hosts.FirstOrDefault();
            _ = first?.Source;
            _hosts.Add(seeded
                ? TokenHost.WithRefreshToken(Configure, services => services.AddStore(_store), server, first, _store.Time)
                : TokenHost.WithClientCredentials(Configure, services => services.AddStore(_store), server, first, _store.Time));
        }

        void Configure(TokenRefreshOptions options)
        {
            options.Freshness.AtMostEvery = Hour;
            options.Freshness.Jitter = 0;
            configure?.Invoke(options);
        }
    }

    private async Task<RefreshFailure?[]> AskAllAsync()
    {
        var failures = new RefreshFailure?[_hosts.Count];
        for (var number = 0; number < failures.Length; number++)
        {
            failures[number] = await TryAsync(_hosts[number], TokenDemand.Default);
            await _hosts[number].FlightEndedAsync();
        }

        return failures;
    }

    private static async Task<RefreshFailure?> TryAsync(TokenHost host, TokenDemand demand)
    {
        try
        {
            await host.Source.GetTokenAsync(demand);
            return null;
        }
        catch (TokenRefreshException exception)
        {
            // Who asks while the flight that failed is still ending is told what it came to.
            await host.FlightEndedAsync();
            return exception.Failure;
        }
    }
}
