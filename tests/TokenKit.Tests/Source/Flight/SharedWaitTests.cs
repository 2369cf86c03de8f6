using System.Net;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Several processes over one store: what one of them was told holds for all.</summary>
public sealed class SharedWaitTests : IAsyncDisposable
{
    private const int Processes = 8;

    private readonly FaultyStore _store = new();
    private readonly List<TokenHost> _hosts = [];

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_pause_that_the_server_asked_for_is_kept_by_all_and_ends_with_one_request(HttpStatusCode status)
    {
        Open();
        Endpoint.FailNext(status, retryAfter: TimeSpan.FromMinutes(10));
        await AskAllAsync();
        Endpoint.TokenRequests.Should().Be(1);

        for (var minute = 0; minute < 9; minute++)
        {
            _store.Time.Advance(TimeSpan.FromMinutes(1));
            (await AskAllAsync()).Should().OnlyContain(reason => reason != null);
        }

        Endpoint.TokenRequests.Should().Be(1, "nobody asks before the pause is over");
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        (await AskAllAsync()).Should().OnlyContain(reason => reason == null);
        Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task Ten_minutes_of_an_outage_cost_no_more_requests_with_eight_processes_than_with_one()
    {
        Open(options => options.Resilience.Attempts = 1);
        Endpoint.FailNext(HttpStatusCode.InternalServerError, count: 10_000);

        for (var second = 0; second < 600; second++)
        {
            await AskAllAsync();
            _store.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Endpoint.TokenRequests.Should().BeInRange(10, 40, "that is what one makes");
    }

    [Fact]
    public async Task A_dead_grant_costs_one_request_in_all_processes_until_a_new_one_is_stored_which_all_use_within_a_second()
    {
        Open(seeded: true);
        Endpoint.FailNextWithError("invalid_grant");

        for (var step = 0; step < 1200; step++)
        {
            (await AskAllAsync()).Should().OnlyContain(reason => reason == RefreshFailureReason.ReauthorizationRequired);
            _store.Time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Endpoint.TokenRequests.Should().Be(1);
        await _hosts[3].Source.SeedAsync(new TokenSeed(Endpoint.IssueRefreshToken()));
        _store.Time.Advance(TimeSpan.FromMilliseconds(999));
        (await AskAllAsync()).Should().OnlyContain(reason => reason == null);
        Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_new_grant_is_tried_although_another_process_waits()
    {
        Open(seeded: true);
        Endpoint.FailNext(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromMinutes(10));
        (await AskAsync(_hosts[0])).Should().Be(RefreshFailureReason.Throttled);

        await _hosts[1].Source.SeedAsync(new TokenSeed(Endpoint.IssueRefreshToken()));

        (await AskAsync(_hosts[1])).Should().BeNull();
        (await AskAsync(_hosts[2])).Should().BeNull("it is stored");
    }

    [Theory]
    [InlineData("invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData("invalid_scope", HttpStatusCode.BadRequest)]
    public async Task What_one_process_has_wrong_does_not_hold_another_back(string error, HttpStatusCode status)
    {
        Open();
        Endpoint.FailNextWithError(error, status: status);
        (await AskAsync(_hosts[0])).Should().NotBeNull();

        (await AskAsync(_hosts[1])).Should().BeNull();
    }

    [Fact]
    public async Task A_person_who_asks_may_try_during_a_back_off_and_not_during_a_pause_that_the_server_asked_for()
    {
        Open(options => options.Resilience.Attempts = 1);
        Endpoint.FailNext(HttpStatusCode.InternalServerError);
        await AskAsync(_hosts[0]);

        (await _hosts[1].Refresher.RefreshAsync()).Succeeded.Should().BeTrue();

        Endpoint.FailNext(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromMinutes(10));
        await _hosts[1].FlightEndedAsync();
        await _hosts[1].Refresher.RefreshAsync();
        await _hosts[1].FlightEndedAsync();
        var held = await _hosts[2].Refresher.RefreshAsync();
        held.Failure!.Reason.Should().Be(RefreshFailureReason.Throttled);
        held.Failure.RetryAfter.Should().Be(TimeSpan.FromMinutes(10));
        Endpoint.TokenRequests.Should().Be(3);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    private FakeTokenEndpoint Endpoint => _hosts[0].Endpoint;

    private void Open(Action<TokenRefreshOptions>? configure = null, bool seeded = false)
    {
        for (var number = 0; number < Processes; number++)
        {
            var first = _hosts.FirstOrDefault();
            if (number > 0)
            {
                _ = first!.Source;
            }

            _hosts.Add(seeded
                ? TokenHost.WithRefreshToken(configure, services => services.AddStore(_store), sharing: first, time: _store.Time)
                : TokenHost.WithClientCredentials(configure, services => services.AddStore(_store), sharing: first, time: _store.Time));
        }
    }

    private async Task<RefreshFailureReason?[]> AskAllAsync()
    {
        var answers = new RefreshFailureReason?[Processes];
        for (var number = 0; number < Processes; number++)
        {
            answers[number] = await AskAsync(_hosts[number]);
        }

        return answers;
    }

    private static async Task<RefreshFailureReason?> AskAsync(TokenHost host)
    {
        try
        {
            await host.Source.GetTokenAsync();
            return null;
        }
        catch (TokenRefreshException exception)
        {
            return exception.Reason;
        }
        finally
        {
            await host.FlightEndedAsync();
        }
    }
}
