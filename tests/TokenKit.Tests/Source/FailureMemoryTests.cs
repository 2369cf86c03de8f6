using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>What a failure costs those who come after it, and the server.</summary>
public class FailureMemoryTests
{
    [Fact]
    public async Task During_an_outage_callers_fail_with_the_remembered_reason_and_the_server_sees_a_handful_of_requests()
    {
        await using var host = TokenHost.WithClientCredentials(options => options.Resilience.Attempts = 1);
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError, count: 1000);

        var failed = 0;
        for (var step = 0; step < 600; step++)
        {
            for (var caller = 0; caller < 10; caller++)
            {
                failed += (await ReasonAsync(host)) is RefreshFailureReason.ServerError ? 1 : 0;
            }

            await host.FlightEndedAsync();
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        failed.Should().Be(6000);
        host.Endpoint.TokenRequests.Should().BeInRange(10, 40, "ten minutes of back-off up to a minute");
        host.Endpoint.ClearPrepared();
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
    }

    [Fact]
    public async Task A_remembered_failure_is_told_at_once_without_a_look_into_the_store()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithClientCredentials(
            options => options.Resilience.Attempts = 1, services => services.AddStore(store), time: store.Time);
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError);
        (await ReasonAsync(host)).Should().Be(RefreshFailureReason.ServerError);
        await host.FlightEndedAsync();
        var (reads, leases) = (store.Reads, store.Leases);

        for (var caller = 0; caller < 1000; caller++)
        {
            var call = host.Source.GetTokenAsync();
            call.IsFaulted.Should().BeTrue("nobody waits");
            (await call.AsTask().Awaiting(task => task).Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.ServerError);
        }

        (store.Reads, store.Leases, host.Endpoint.TokenRequests).Should().Be((reads, leases, 1));
    }

    [Fact]
    public async Task A_dead_grant_under_load_costs_one_request_and_a_new_one_is_usable_within_a_second_wherever_it_came_from()
    {
        var store = new FaultyStore();
        var logs = new RecordedLogs();
        await using var host = TokenHost.WithRefreshToken(
            services: services => services.AddLogging(logging => logging.AddRecordedLogs(logs)).AddStore(store),
            time: store.Time);
        host.Endpoint.FailNextWithError("invalid_grant");
        (await ReasonAsync(host)).Should().Be(RefreshFailureReason.ReauthorizationRequired);
        await host.FlightEndedAsync();
        var leases = store.Leases;

        for (var step = 0; step < 6000; step++)
        {
            (await ReasonAsync(host)).Should().Be(RefreshFailureReason.ReauthorizationRequired);
            await host.FlightEndedAsync();
            store.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        host.Endpoint.TokenRequests.Should().Be(1);
        store.Leases.Should().Be(leases, "looking whether there is a new grant takes no lease");
        logs.Of(1203).Should().ContainSingle("it is said once");

        // Another process seeds a new grant.
        var seeded = new TokenSet { RefreshToken = new SecretText(host.Endpoint.IssueRefreshToken()), ObtainedAt = store.Time.GetUtcNow(), SeedHashes = (await host.StoredAsync(store))!.SeedHashes };
        await new TokenSetStore(store, store.Time).WriteAsync(StoredTokens.Key, seeded, SecretCondition.Any, default);
        store.Time.Advance(TimeSpan.FromMilliseconds(999));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
    }

    [Fact]
    public async Task A_wrong_client_secret_heals_once_it_is_corrected_without_a_restart_and_costs_no_grant()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Secrets:crm-client", "wrong")]).Build();
        await using var host = TokenHost.WithRefreshToken(
            options => options.Client.Secret = "${secret.crm-client}",
            services => services.AddSingleton<IConfiguration>(configuration));

        (await ReasonAsync(host)).Should().Be(RefreshFailureReason.ClientRejected);
        (await ReasonAsync(host)).Should().Be(RefreshFailureReason.ClientRejected);
        host.Endpoint.TokenRequests.Should().Be(1, "nobody is locked out by our asking");
        configuration["Secrets:crm-client"] = FakeTokenEndpoint.DefaultClientSecret;
        host.Time.Advance(TimeSpan.FromSeconds(2));

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        host.Endpoint.LostGrants.Should().Be(0);
    }

    [Theory]
    [InlineData(RefreshFailureReason.ServerError, 1, 0.5, 1)]
    [InlineData(RefreshFailureReason.ServerError, 4, 0.5, 8)]
    [InlineData(RefreshFailureReason.ServerError, 1000, 0.5, 60)]
    [InlineData(RefreshFailureReason.Throttled, 1, 2.5, 10)]
    [InlineData(RefreshFailureReason.Throttled, 30, 2.5, 300)]
    [InlineData(RefreshFailureReason.ClientRejected, 30, 0.5, 60)]
    [InlineData(RefreshFailureReason.RequestRejected, 30, 0.5, 300)]
    [InlineData(RefreshFailureReason.StoreUnavailable, 30, 0.5, 15)]
    [InlineData(RefreshFailureReason.ReauthorizationRequired, 30, 0.5, 0.5)]
    public void Waits_grow_to_a_bound_of_their_reason_with_full_jitter(RefreshFailureReason reason, int failures, double least, double most)
    {
        var waits = Enumerable.Range(0, 2000)
            .Select(_ => FailureBackoff.WaitAfter(new RefreshFailure(reason, "x"), failures, Randomness.System).TotalSeconds)
            .ToList();

        waits.Should().OnlyContain(wait => wait >= least && wait <= most);
        (waits.Max() - waits.Min()).Should().BeGreaterThanOrEqualTo((most - least) * 0.9, "the whole range is drawn from");
    }

    [Fact]
    public void What_the_server_asked_for_counts_before_any_back_off() =>
        FailureBackoff.WaitAfter(
            new RefreshFailure(RefreshFailureReason.Throttled, "x") { RetryAfter = TimeSpan.FromMinutes(20) }, 1, Randomness.System)
            .Should().Be(TimeSpan.FromMinutes(20));

    private static async Task<RefreshFailureReason?> ReasonAsync(TokenHost host)
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
    }
}
