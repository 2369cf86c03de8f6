using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What a flight makes of stored tokens, other instances, lost answers and dead grants.</summary>
public class LeasedRefreshTests
{
    private static readonly FakeTokenEndpointOptions TenMinutes = new() { AccessTokenLifetime = TimeSpan.FromMinutes(10) };

    // By default: a timeout of 30 seconds, a persist budget of 10, and a margin of 5.
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task A_token_that_an_earlier_process_stored_is_used_without_a_request()
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), time: store.Time);
        await first.Source.GetTokenAsync();
        await using var second = TokenHost.WithRefreshToken(services: services => services.AddStore(store), sharing: first);

        var token = await second.Source.GetTokenAsync();

        token.Reveal().Should().Be("access-1");
        first.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task What_another_instance_refreshed_is_adopted_instead_of_refreshing_again()
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await using var second = TokenHost.WithRefreshToken(services: services => services.AddStore(store), sharing: first);
        await first.Source.GetTokenAsync();
        await second.Source.GetTokenAsync();
        first.Time.Advance(TimeSpan.FromMinutes(11));

        await first.Source.GetTokenAsync();
        var token = await second.Source.GetTokenAsync();

        token.Reveal().Should().Be("access-2");
        first.Endpoint.TokenRequests.Should().Be(2);
        first.Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task Two_instances_that_refresh_at_once_make_one_request()
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), time: store.Time);
        await using var second = TokenHost.WithRefreshToken(services: services => services.AddStore(store), sharing: first);
        using var held = first.Endpoint.HoldNext();
        var one = first.Source.GetTokenAsync().AsTask();
        await held.WaitForArrivalAsync();

        var other = second.Source.GetTokenAsync().AsTask();
        await first.Time.WaitForTimersAsync(2);
        held.Release();
        (await one).Reveal().Should().Be("access-1");
        await second.PausesPassUntilAsync(() => other.IsCompleted, "the other looks again");

        (await other).Reveal().Should().Be("access-1");
        first.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task Whoever_forces_a_refresh_gets_no_token_that_another_instance_has_stored_since_it_looked_last()
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await using var second = TokenHost.WithRefreshToken(services: services => services.AddStore(store), sharing: first);
        await second.Source.GetTokenAsync();
        await second.FlightEndedAsync();
        (await first.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();
        await first.FlightEndedAsync();
        var before = first.Endpoint.TokenRequests;

        var forced = await second.Refresher.RefreshAsync();

        forced.Token!.Reveal().Should().Be($"access-{before + 1}");
        first.Endpoint.TokenRequests.Should().Be(before + 1);
        first.Endpoint.ReuseDetections.Should().Be(0, "it is sent what is stored, and not what the second knew");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Whoever_forces_a_refresh_gets_no_token_that_was_stored_before(int minutes)
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await using var second = TokenHost.WithRefreshToken(services: services => services.AddStore(store), sharing: first);
        await first.Source.GetTokenAsync();
        await first.FlightEndedAsync();
        first.Time.Advance(TimeSpan.FromMinutes(minutes));

        var token = await second.Source.GetTokenAsync(new TokenDemand { Force = true });

        token.Reveal().Should().Be("access-2");
    }

    [Fact]
    public async Task A_rotated_refresh_token_is_the_next_one_sent()
    {
        await using var host = TokenHost.WithRefreshToken(server: TenMinutes);

        for (var generation = 1; generation <= 20; generation++)
        {
            (await host.Source.GetTokenAsync()).Reveal().Should().Be($"access-{generation}");
            host.Time.Advance(TimeSpan.FromMinutes(11));
        }

        host.Endpoint.Rotations.Should().Be(20);
        host.Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task A_dead_grant_costs_one_request_until_something_new_is_stored()
    {
        await using var host = TokenHost.WithRefreshToken();
        host.Endpoint.FailNextWithError("invalid_grant");

        for (var call = 0; call < 50; call++)
        {
            (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
                .Which.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
            await host.FlightEndedAsync();
            host.Time.Advance(TimeSpan.FromSeconds(10));
        }

        host.Endpoint.TokenRequests.Should().Be(1);

        (await host.Source.SeedAsync(new TokenSeed(host.Endpoint.IssueRefreshToken()))).Should().BeTrue();
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
    }

    [Fact]
    public async Task An_invalid_grant_whose_refresh_token_another_writer_replaced_is_no_death()
    {
        await using var host = TokenHost.WithRefreshToken(server: TenMinutes);
        await host.Source.GetTokenAsync();
        var seeded = host.Endpoint.IssueRefreshToken();
        host.Time.Advance(TimeSpan.FromMinutes(11));
        using var held = host.Endpoint.HoldNext();
        host.Endpoint.FailNextWithError("invalid_grant");
        var asked = host.Source.GetTokenAsync().AsTask();
        await held.WaitForArrivalAsync();

        // A writer without a lease, as an older process would be: the stored refresh token is no longer the one sent.
        var store = new TokenSetStore(host.StoreOf(), host.Time);
        var winner = new TokenSet { RefreshToken = new SecretText(seeded), ObtainedAt = host.Time.GetUtcNow() };
        await store.WriteAsync(StoredTokens.Key, winner, SecretCondition.Any, default);
        held.Release();

        (await asked).Reveal().Should().Be("access-2");
        host.Endpoint.ReuseDetections.Should().Be(0);
    }

    [Fact]
    public async Task Of_what_other_writers_store_during_refusals_one_is_tried()
    {
        await using var host = TokenHost.WithRefreshToken(server: TenMinutes);
        await host.Source.GetTokenAsync();
        host.Time.Advance(TimeSpan.FromMinutes(11));
        host.Endpoint.FailNextWithError("invalid_grant");
        host.Endpoint.FailNextWithError("invalid_grant");
        using var first = host.Endpoint.HoldNext();
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await first.WaitForArrivalAsync();
        await StoreAnotherAsync(host);
        using var second = host.Endpoint.HoldNext();
        first.Release();
        await second.WaitForArrivalAsync();
        await StoreAnotherAsync(host);

        second.Release();

        (await refresh).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        host.Endpoint.TokenRequests.Should().Be(3);

        static async Task StoreAnotherAsync(TokenHost host)
        {
            var other = new TokenSet { RefreshToken = new SecretText(host.Endpoint.IssueRefreshToken()), ObtainedAt = host.Time.GetUtcNow() };
            await new TokenSetStore(host.StoreOf(), host.Time).WriteAsync(StoredTokens.Key, other, SecretCondition.Any, default);
        }
    }

    [Fact]
    public async Task What_another_writer_stored_is_not_tried_after_a_refusal_once_another_has_the_lease()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        var seeded = host.Endpoint.IssueRefreshToken();
        host.Time.Advance(TimeSpan.FromMinutes(11));
        using var held = host.Endpoint.HoldNext();
        host.Endpoint.FailNextWithError("invalid_grant");
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await held.WaitForArrivalAsync();
        var winner = new TokenSet { RefreshToken = new SecretText(seeded), ObtainedAt = host.Time.GetUtcNow() };
        await new TokenSetStore(store, host.Time).WriteAsync(StoredTokens.Key, winner, SecretCondition.Any, default);
        await store.GiveLeaseAwayAsync(StoredTokens.Key);

        held.Release();

        var failure = (await refresh).Failure;
        host.Endpoint.TokenRequests.Should().Be(2, "the other holder may be sending what is stored");
        failure!.Reason.Should().Be(RefreshFailureReason.Superseded);
        failure.Message.Should().Contain("lease").And.Contain("nothing more was sent");
    }

    [Fact]
    public async Task A_lost_answer_with_no_usable_token_is_tried_once_more_at_once()
    {
        await using var host = TokenHost.WithRefreshToken(server: new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromSeconds(30) });
        host.Endpoint.DropAfter();

        (await host.Source.GetTokenAsync()).Reveal().Should().StartWith("access-");

        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task Two_lost_answers_in_a_row_end_the_refresh()
    {
        await using var host = TokenHost.WithRefreshToken(server: new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromSeconds(30) });
        host.Endpoint.DropAfter(2);

        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .Which.Reason.Should().Be(RefreshFailureReason.Unreachable);

        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task After_a_lost_answer_nothing_is_sent_again_once_another_has_the_lease()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(
            services: services => services.AddStore(store),
            server: new FakeTokenEndpointOptions { ReuseGrace = TimeSpan.FromSeconds(30) }, time: store.Time);
        host.Endpoint.DropAfter();
        using var held = host.Endpoint.HoldNext();
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await held.WaitForArrivalAsync();
        await store.GiveLeaseAwayAsync(StoredTokens.Key);

        held.Release();

        var failure = (await refresh).Failure;
        host.Endpoint.TokenRequests.Should().Be(1, "the other holder may have sent the same refresh token meanwhile");
        failure!.IsAmbiguous.Should().BeTrue();
    }

    [Fact]
    public async Task A_lost_answer_is_retried_at_once_inside_a_known_grace()
    {
        await using var host = TokenHost.WithRefreshToken(
            options => options.Resilience.ReuseGrace = TimeSpan.FromSeconds(30),
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10), ReuseGrace = TimeSpan.FromSeconds(30) });
        await host.Source.GetTokenAsync();
        host.Endpoint.DropAfter();

        var result = await host.Refresher.RefreshAsync();

        result.Succeeded.Should().BeTrue();
        host.Endpoint.TokenRequests.Should().Be(3);
        host.Endpoint.LostGrants.Should().Be(0);
    }

    [Fact]
    public async Task A_lost_answer_without_a_grace_leaves_the_working_token_alone_until_shortly_before_it_ends()
    {
        await using var host = TokenHost.WithRefreshToken(server: TenMinutes);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(9));
        host.Endpoint.DropAfter();

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(45));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        host.Endpoint.TokenRequests.Should().Be(2, "a strict server would answer a second use by killing the token that works");

        host.Time.Advance(TimeSpan.FromSeconds(10));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        await host.FlightEndedAsync();
        host.Endpoint.TokenRequests.Should().Be(3, "the one late retry");
    }

    [Fact]
    public async Task An_answer_lost_at_the_last_chance_is_retried_at_once()
    {
        await using var host = TokenHost.WithRefreshToken(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10), ReuseGrace = TimeSpan.FromMinutes(5) });
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(9));
        host.Endpoint.DropAfter(2);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Endpoint.TokenRequests.Should().Be(2);

        host.Time.Advance(TimeSpan.FromSeconds(55));
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        host.Endpoint.TokenRequests.Should().Be(4, "there is no later chance");
        host.Cached!.Generation.Should().Be(2);
    }

    [Fact]
    public async Task What_another_writer_stored_while_an_answer_was_lost_is_used_and_nothing_is_sent_again()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(11));
        host.Endpoint.DropAfter();
        using var held = host.Endpoint.HoldNext();
        var asked = host.Source.GetTokenAsync().AsTask();
        await held.WaitForArrivalAsync();
        await StoreLateAsync(host, store, SecretCondition.Any);

        held.Release();

        (await asked).Reveal().Should().Be("late");
        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task Asking_again_after_a_lost_answer_does_not_cost_the_token_that_works()
    {
        await using var host = TokenHost.WithRefreshToken(server: TenMinutes);
        await host.Source.GetTokenAsync();
        host.Endpoint.DropAfter();
        (await host.Refresher.RefreshAsync()).Outcome.Should().Be(RefreshOutcome.Failed);

        (await host.Refresher.RefreshAsync()).Failure!.IsAmbiguous.Should().BeTrue();
        (await host.Source.GetTokenAsync(new TokenDemand { Force = true })).Reveal().Should().Be("access-1");

        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_server_that_asked_to_wait_is_not_asked_by_anybody()
    {
        await using var host = TokenHost.WithClientCredentials();
        host.Endpoint.FailNext(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromMinutes(2));
        await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();

        (await host.Refresher.RefreshAsync()).Failure!.RetryAfter.Should().Be(TimeSpan.FromMinutes(2));
        host.Endpoint.TokenRequests.Should().Be(1);

        host.Time.Advance(TimeSpan.FromMinutes(2));
        (await host.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();
    }

    [Fact]
    public async Task With_one_attempt_a_lost_answer_is_not_retried()
    {
        await using var host = TokenHost.WithRefreshToken(options => options.Resilience.Attempts = 1);
        host.Endpoint.DropAfter();

        await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();

        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task An_answer_lost_at_the_last_attempt_leaves_the_working_token_alone_as_well()
    {
        await using var host = TokenHost.WithRefreshToken(options => options.Resilience.Attempts = 1, server: TenMinutes);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(9));
        host.Endpoint.DropAfter();

        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(45));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");

        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task A_new_refresh_token_in_an_answer_that_is_otherwise_useless_is_saved_and_sent_next()
    {
        await using var host = TokenHost.WithRefreshToken();
        var fresh = host.Endpoint.IssueRefreshToken();
        host.Endpoint.RespondOnceWith(() => new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent($$"""{"refresh_token":"{{fresh}}","expires_in":3600}"""),
        });

        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .Which.Reason.Should().Be(RefreshFailureReason.TokenMissing);
        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be(fresh);
        host.Endpoint.TokenRequests.Should().Be(1, "the answer was read, so nothing is in doubt");

        host.Time.Advance(TimeSpan.FromSeconds(2));
        await host.Source.GetTokenAsync();
        host.Endpoint.Requests[^1].RefreshToken.Should().Be(fresh);
    }

    [Fact]
    public async Task A_validator_that_throws_costs_the_access_token_and_not_the_grant()
    {
        await using var host = TokenHost.WithRefreshToken(services: services =>
            services.AddKeyedSingleton<ITokenValidator>(TokenHost.Name, new ThrowingValidator()));

        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .Which.Reason.Should().Be(RefreshFailureReason.TokenInvalid);

        var stored = await host.StoredAsync();
        host.Endpoint.IsCurrent(stored!.RefreshToken!.Reveal()).Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public async Task A_store_that_fails_after_the_rotation_costs_no_caller_and_no_grant(int failures)
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        host.Time.Advance(TimeSpan.FromMinutes(11));
        var writes = store.Writes;
        store.FailWrites(failures);

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
        await host.PausesPassUntilAsync(() => store.Writes == writes + failures + 1, "the write that succeeds");
        await host.WritesSettleAsync(store);
        (await host.StoredAsync(store))!.AccessToken!.Reveal().Should().Be("access-2");
        host.Endpoint.ReuseDetections.Should().Be(0);
        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task What_could_not_be_stored_before_the_program_ended_is_reported_as_lost()
    {
        var store = new FaultyStore();
        var logs = new RecordedLogs();
        var host = TokenHost.WithRefreshToken(
            services: services => services.AddLogging(logging => logging.AddRecordedLogs(logs)).AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        store.FailWrites(int.MaxValue);
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();
        logs.Of(1300).Should().ContainSingle();

        var ending = host.DisposeAsync().AsTask();

        await host.PausesPassUntilAsync(() => ending.IsCompleted, "the end of the program");
        await host.PausesPassUntilAsync(() => logs.Of(1302).Count == 1, "the loss is reported, ten seconds of attempts being in vain");
    }

    [Fact]
    public async Task While_a_token_set_is_unsaved_and_works_no_other_is_asked_for()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        store.FailWrites(int.MaxValue);
        (await host.Refresher.RefreshAsync()).Token!.Reveal().Should().Be("access-2");
        await host.FlightEndedAsync();

        (await host.Refresher.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
        host.Endpoint.TokenRequests.Should().Be(2, "a process that dies two refreshes ahead of the store cannot be followed within a grace");
        store.FailWrites(0);
    }

    [Fact]
    public async Task A_token_that_is_needed_while_an_earlier_one_is_unsaved_is_asked_for_with_what_is_in_hand()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        store.FailWrites(int.MaxValue);
        var unsaved = (await host.Refresher.RefreshAsync()).Token!;
        await host.FlightEndedAsync();

        var needed = host.Source.GetTokenAsync(new TokenDemand { Rejected = unsaved }).AsTask();
        await host.PausesPassUntilAsync(() => needed.IsCompleted, "the store had its chance, and the token comes all the same");

        (await needed).Reveal().Should().Be("access-3");
        host.Endpoint.ReuseDetections.Should().Be(0, "the refresh token in hand is sent, not the one that is stored");
        store.FailWrites(0);
    }

    [Fact]
    public async Task A_refresh_that_finds_the_store_well_again_writes_what_was_unsaved_and_goes_on_from_it()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        store.FailWrites(1);
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();

        (await host.Refresher.RefreshAsync()).Token!.Reveal().Should().Be("access-3");

        (await host.StoredAsync(store))!.AccessToken!.Reveal().Should().Be("access-3");
        host.Endpoint.ReuseDetections.Should().Be(0);
        await host.FlightEndedAsync();
        host.Slot.HasUnsaved.Should().BeFalse();
    }

    [Fact]
    public async Task A_store_that_comes_back_has_what_was_unsaved_before_the_next_token_is_asked_for()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        store.FailWrites(1);
        var unsaved = (await host.Refresher.RefreshAsync()).Token!;
        await host.FlightEndedAsync();
        store.FailWrites(3);
        using var held = host.Endpoint.HoldNext();
        var arrival = held.WaitForArrivalAsync();

        var needed = host.Source.GetTokenAsync(new TokenDemand { Rejected = unsaved }).AsTask();
        await host.PausesPassUntilAsync(() => arrival.IsCompleted, "the next token is asked for");

        (await host.StoredAsync(store))!.AccessToken!.Reveal().Should().Be("access-2");
        held.Release();
        (await needed).Reveal().Should().Be("access-3");
    }

    [Fact]
    public async Task What_was_unsaved_is_written_although_another_has_the_lease_and_nothing_is_sent_without_it()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        store.FailWrites(1);
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();
        await store.GiveLeaseAwayAsync(StoredTokens.Key);

        var refresh = host.RefreshToItsEndAsync();
        await host.PausesPassUntilAsync(() => refresh.IsCompleted, "the refresh ends");

        (await refresh).Failure!.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        (await host.StoredAsync(store))!.AccessToken!.Reveal().Should().Be("access-2");
        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Fact]
    public async Task The_lease_is_kept_for_as_long_as_a_token_set_is_unsaved()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        store.FailWrites(int.MaxValue);
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();
        var start = host.Time.GetUtcNow();

        await host.PausesPassUntilAsync(() => host.Time.GetUtcNow() - start > LeaseTime + TimeSpan.FromSeconds(5), "a lease that is not renewed ends");

        (await store.TryTakeAsync(StoredTokens.Key, LeaseTime)).Should().BeNull();
        store.FailWrites(0);
    }

    [Fact]
    public async Task A_seed_that_cannot_be_stored_is_not_used_yet()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), time: store.Time);
        store.FailWrites(1);

        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .Which.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        await host.FlightEndedAsync();
        host.Endpoint.TokenRequests.Should().Be(0);

        host.Time.Advance(TimeSpan.FromSeconds(2));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
    }

    [Fact]
    public async Task A_lease_that_runs_out_while_a_refusal_is_on_the_way_is_taken_over()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddStore(store), time: store.Time);
        await store.TryTakeAsync(StoredTokens.Key, LeaseTime);
        var end = host.Time.GetUtcNow() + LeaseTime;
        store.LeaseRefused = () =>
        {
            if (host.Time.GetUtcNow() > end - TimeSpan.FromSeconds(1) && host.Time.GetUtcNow() < end)
            {
                host.Time.Advance(TimeSpan.FromSeconds(2));
            }
        };

        var refresh = host.RefreshToItsEndAsync();
        await host.PausesPassUntilAsync(() => refresh.IsCompleted, "the refresh ends");

        (await refresh).Outcome.Should().Be(RefreshOutcome.Refreshed);
    }

    [Fact]
    public async Task A_lease_that_is_held_for_ever_is_waited_for_as_long_as_one_lasts()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddStore(store), time: store.Time);
        var start = host.Time.GetUtcNow();
        var held = (await store.TryTakeAsync(StoredTokens.Key, LeaseTime))!;
        store.LeaseRefused = () => held.RenewAsync(LeaseTime).AsTask();

        var refresh = host.RefreshToItsEndAsync();
        await host.PausesPassUntilAsync(() => refresh.IsCompleted, "the refresh ends");

        (await refresh).Failure!.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        (host.Time.GetUtcNow() - start).Should().BeCloseTo(LeaseTime, TimeSpan.FromSeconds(1));
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_grant_refused_right_after_a_takeover_is_reported_as_probably_lost()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        await DieWithTheLeaseAsync(host, store);
        host.Endpoint.FailNextWithError("invalid_grant");

        var refresh = host.Refresher.RefreshAsync().AsTask();
        await host.PausesPassUntilAsync(() => refresh.IsCompleted, "the refresh ends");

        (await refresh).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        (await refresh).Failure!.Message.Should().Contain("taken over, at epoch 3").And.Contain("ReuseGrace");
    }

    [Fact]
    public async Task After_a_takeover_nothing_is_sent_before_a_former_holder_had_time_to_store_its_token()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        var former = await DieWithTheLeaseAsync(host, store);

        var refresh = host.Refresher.RefreshAsync().AsTask();
        await TokenHost.HappensAtOnceAsync(() => host.IsPausing || refresh.IsCompleted, "time is given");
        await StoreLateAsync(host, store, SecretCondition.WrittenBefore(former.Epoch, 1));
        await host.PausesPassUntilAsync(() => refresh.IsCompleted, "the refresh ends");

        (await refresh).Outcome.Should().Be(RefreshOutcome.Adopted);
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_lease_that_is_lost_while_a_former_holder_is_given_time_is_not_refreshed_under()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        await DieWithTheLeaseAsync(host, store);
        var refresh = host.RefreshToItsEndAsync();
        await TokenHost.HappensAtOnceAsync(() => host.IsPausing || refresh.IsCompleted, "time is given");

        await store.GiveLeaseAwayAsync(StoredTokens.Key);
        await host.PausesPassUntilAsync(() => refresh.IsCompleted, "the refresh ends");

        (await refresh).Failure!.Reason.Should().Be(RefreshFailureReason.StoreUnavailable);
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task After_a_takeover_a_refused_grant_waits_for_a_former_holder_that_comes_back()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        var former = await DieWithTheLeaseAsync(host, store);
        host.Endpoint.FailNextWithError("invalid_grant");
        using var held = host.Endpoint.HoldNext();
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await host.PausesPassUntilAsync(() => host.Endpoint.TokenRequests == 2, "the refresh token is sent");
        var reads = store.Reads;
        held.Release();
        await TokenHost.HappensAtOnceAsync(() => store.Reads > reads && host.IsPausing, "the store is read in vain and time given");

        await StoreLateAsync(host, store, SecretCondition.WrittenBefore(former.Epoch, 1));
        await host.PausesPassUntilAsync(() => refresh.IsCompleted, "the refresh ends");

        (await refresh).Outcome.Should().Be(RefreshOutcome.Adopted);
        (await refresh).Token!.Reveal().Should().Be("late");
    }

    [Fact]
    public async Task A_write_that_took_long_does_not_make_the_token_look_younger()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        store.BeforeWrite = () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(8));
            return Task.CompletedTask;
        };

        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        var stored = (await host.StoredAsync(store))!;
        (stored.ObtainedAt + stored.Lifetime).Should().Be(new DateTimeOffset(2026, 1, 1, 0, 10, 0, TimeSpan.Zero));
        store.Writes.Should().Be(1, "the write names the moment it was made, and needs no second one");
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_recognised_as_done()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddStore(store), time: store.Time);
        var writes = store.Writes;
        store.LoseWriteAnswers(1);

        await host.Source.GetTokenAsync();
        await host.PausesPassUntilAsync(() => store.Writes == writes + 2, "the second write");
        await host.WritesSettleAsync(store);

        (await host.StoredAsync(store))!.AccessToken!.Reveal().Should().Be("access-1");
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_write_that_took_long_and_whose_answer_was_lost_does_not_make_the_token_look_younger()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithClientCredentials(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        var writes = store.Writes;
        store.LoseWriteAnswers(1);
        store.BeforeWrite = () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(8));
            return Task.CompletedTask;
        };

        await host.Source.GetTokenAsync();
        await host.PausesPassUntilAsync(() => store.Writes == writes + 2, "the second write");
        await host.WritesSettleAsync(store);

        var stored = (await host.StoredAsync(store))!;
        (stored.ObtainedAt + stored.Lifetime).Should().Be(new DateTimeOffset(2026, 1, 1, 0, 10, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_seed_put_in_during_a_refresh_is_not_overwritten_by_it()
    {
        await using var host = TokenHost.WithRefreshToken(server: TenMinutes);
        await host.Source.GetTokenAsync();
        var seeded = host.Endpoint.IssueRefreshToken();
        using var held = host.Endpoint.HoldNext();
        var refresh = host.Refresher.RefreshAsync().AsTask();
        await held.WaitForArrivalAsync();

        (await host.Source.SeedAsync(new TokenSeed(seeded))).Should().BeTrue();
        held.Release();

        (await refresh).Token!.Reveal().Should().Be("access-2", "it still works, and its callers are served");
        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be(seeded);
    }

    [Fact]
    public async Task A_seed_does_not_overwrite_a_newer_token_set_unless_told_to()
    {
        await using var host = TokenHost.WithRefreshToken();
        await host.Source.GetTokenAsync();
        var older = new TokenSeed(host.Endpoint.IssueRefreshToken()) { ObtainedAt = host.Time.GetUtcNow().AddDays(-1) };

        (await host.Source.SeedAsync(older)).Should().BeFalse();
        (await host.Source.SeedAsync(older with { Overwrite = true })).Should().BeTrue();

        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be(older.RefreshToken!.Reveal());
    }

    [Fact]
    public async Task A_configured_seed_is_used_once_and_a_changed_one_applies()
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await first.Source.GetTokenAsync();
        first.Time.Advance(TimeSpan.FromMinutes(11));
        await first.Source.GetTokenAsync();
        first.Endpoint.Requests[^1].RefreshToken.Should().NotBe(first.Endpoint.Requests[0].RefreshToken, "the rotated one is sent");

        var changed = first.Endpoint.IssueRefreshToken();
        first.Time.Advance(TimeSpan.FromMinutes(11));
        await using var second = TokenHost.WithRefreshToken(
            options => options.Seed = new TokenSeedOptions { RefreshToken = changed },
            services => services.AddStore(store),
            sharing: first);
        await second.Source.GetTokenAsync();

        first.Endpoint.Requests[^1].RefreshToken.Should().Be(changed);
    }

    [Fact]
    public async Task A_changed_seed_applies_after_the_grant_of_the_former_one_died()
    {
        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await first.Source.GetTokenAsync();
        await first.FlightEndedAsync();
        first.Time.Advance(TimeSpan.FromMinutes(11));
        first.Endpoint.FailNextWithError("invalid_grant");
        (await first.Refresher.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        await first.FlightEndedAsync();

        var changed = first.Endpoint.IssueRefreshToken();
        await using var second = TokenHost.WithRefreshToken(
            options => options.Seed = new TokenSeedOptions { RefreshToken = changed },
            services => services.AddStore(store),
            sharing: first);

        (await second.Refresher.RefreshAsync()).Outcome.Should().Be(RefreshOutcome.Refreshed);
        first.Endpoint.Requests[^1].RefreshToken.Should().Be(changed);
    }

    [Fact]
    public async Task Forgetting_removes_what_is_stored_and_in_memory()
    {
        await using var host = TokenHost.WithClientCredentials();
        await host.Source.GetTokenAsync();

        (await host.Source.ForgetAsync()).Should().BeTrue();

        host.Cached.Should().BeNull();
        (await host.StoredAsync()).Should().BeNull();
        (await host.Source.ForgetAsync()).Should().BeFalse();
    }

    [Fact]
    public async Task A_locked_secret_is_refused_before_anything_is_sent()
    {
        await using var host = TokenHost.WithRefreshToken(options => options.Secret.Locked = true);

        (await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>())
            .Which.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);

        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task What_is_stored_and_locked_is_not_refreshed()
    {
        var store = new FaultyStore();
        await using var host = TokenHost.WithRefreshToken(services: services => services.AddStore(store), server: TenMinutes, time: store.Time);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        store.IsLocked = true;

        (await host.Refresher.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);

        host.Endpoint.TokenRequests.Should().Be(1, "a rotated refresh token could not be stored");
    }

    [Fact]
    public async Task A_refused_code_is_not_sent_again_by_a_later_process()
    {
        static void ConfigureCode(TokenRefreshOptions options) =>
            options.Seed = new TokenSeedOptions { Code = "code-1", RedirectUri = "https://app.example/back" };

        var store = new FaultyStore();
        await using var first = TokenHost.WithRefreshToken(ConfigureCode, services => services.AddStore(store), time: store.Time);
        await first.Refresher.RefreshAsync();
        await first.FlightEndedAsync();
        first.Endpoint.TokenRequests.Should().Be(1);
        await using var second = TokenHost.WithRefreshToken(ConfigureCode, services => services.AddStore(store), sharing: first);

        (await second.Refresher.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);

        first.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task An_authorization_code_is_redeemed_once_for_the_first_token_set()
    {
        var server = new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) };
        string? code = null;
        TokenHost? host = null;
        host = TokenHost.WithRefreshToken(
            options => options.Seed = new TokenSeedOptions { Code = code ??= host?.Endpoint.IssueCode() ?? "x", RedirectUri = "https://app.example/back" },
            server: server);
        await using var disposal = host;
        code = host.Endpoint.IssueCode(redirectUri: "https://app.example/back");

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        host.Time.Advance(TimeSpan.FromMinutes(11));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");

        host.Endpoint.Requests.Select(request => request.GrantType).Should().Equal("authorization_code", "refresh_token");
    }

    private sealed class ThrowingValidator : ITokenValidator
    {
        public TokenValidationResult Validate(TokenCandidate candidate, TokenSet? stored) => throw new FormatException("not ours");
    }

    // As another instance whose write comes late.
    private static async Task StoreLateAsync(TokenHost host, FaultyStore store, SecretCondition condition)
    {
        var late = new TokenSet
        {
            AccessToken = new SecretText("late"), RefreshToken = new SecretText("late"), ObtainedAt = host.Time.GetUtcNow(),
            Lifetime = TimeSpan.FromMinutes(10), RefreshAfter = TimeSpan.FromMinutes(8),
        };
        var set = (await host.StoredAsync(store))!;
        await new TokenSetStore(store, host.Time).WriteAsync(StoredTokens.Key, late with { SeedHashes = set.SeedHashes }, condition, default);
    }

    // As another instance that takes the lease and is never heard of again.
    private static async Task<RefreshLease> DieWithTheLeaseAsync(TokenHost host, FaultyStore store)
    {
        var lease = await store.TryTakeAsync(StoredTokens.Key, LeaseTime);
        host.Time.Advance(LeaseTime + TimeSpan.FromSeconds(1));
        return lease!;
    }
}
