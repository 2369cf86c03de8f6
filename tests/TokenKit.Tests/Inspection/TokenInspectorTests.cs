using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Inspection;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class TokenInspectorTests
{
    private static readonly FakeTokenEndpointOptions TenMinutes = new() { AccessTokenLifetime = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task A_token_nobody_asked_for_is_unused_and_looking_at_it_changes_nothing()
    {
        await using var host = TokenHost.WithClientCredentials();

        Inspector(host).GetStatus().State.Should().Be(TokenState.Unused);
        Inspector(host).GetStatus("north").State.Should().Be(TokenState.Unused);

        Inspector(host).GetStatuses().Total.Should().Be(1, "asking for a subject makes no slot");
        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_person_sees_both_instants_the_last_and_the_next_attempt_and_each_steps_duration()
    {
        await using var host = TokenHost.WithRefreshToken(server: TenMinutes);
        var start = host.Time.GetUtcNow();
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        var status = Inspector(host).GetStatus();
        (status.State, status.IsUsable, status.Generation, status.ObtainedAt, status.ExpiresAt)
            .Should().Be((TokenState.Fresh, true, 1L, start, start.AddMinutes(10)));
        (status.LastAttemptAt, status.LastSuccessAt, status.NextAttemptAt).Should().Be((start, start, status.RefreshAt));
        var refresh = Inspector(host).GetRefreshes().Should().ContainSingle().Subject;
        (refresh.Outcome, refresh.Trigger, refresh.Generation).Should().Be((RefreshOutcome.Refreshed, RefreshTrigger.Missing, 1L));
        refresh.Steps.Select(step => step.Name).Should().Equal("clear", "request", "map", "validate", "persist");

        host.Time.Advance(TimeSpan.FromMinutes(9.5));
        Inspector(host).GetStatus().State.Should().Be(TokenState.Due);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Inspector(host).GetStatus().State.Should().Be(TokenState.Expired);
    }

    [Fact]
    public async Task A_failure_shows_its_reason_and_when_it_is_tried_again_while_the_token_still_works()
    {
        await using var host = TokenHost.WithClientCredentials(options => options.Resilience.Attempts = 1, server: TenMinutes);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(9));
        host.Endpoint.FailNext(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromSeconds(30));
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();

        var status = Inspector(host).GetStatus();

        (status.State, status.LastFailure!.Reason, status.FailuresInARow).Should().Be((TokenState.Due, RefreshFailureReason.Throttled, 1));
        status.NextAttemptAt.Should().Be(host.Time.GetUtcNow().AddSeconds(30));
        status.LastSuccessAt.Should().BeBefore(status.LastAttemptAt!.Value);
        Inspector(host).GetRefreshes().Select(refresh => refresh.Outcome).Should().Equal(RefreshOutcome.Failed, RefreshOutcome.Refreshed);
    }

    [Fact]
    public async Task A_dead_grant_says_that_a_person_is_needed_and_its_looks_do_not_push_the_history_out()
    {
        await using var host = TokenHost.WithRefreshToken();
        host.Endpoint.FailNextWithError("invalid_grant");
        for (var look = 0; look < 100; look++)
        {
            await host.Source.Awaiting(source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>();
            await host.FlightEndedAsync();
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var status = Inspector(host).GetStatus();

        (status.State, status.NextAttemptAt).Should().Be((TokenState.ReauthorizationRequired, null));
        Inspector(host).GetRefreshes().Should().ContainSingle();
    }

    [Fact]
    public async Task The_last_fifty_refreshes_are_kept()
    {
        await using var host = TokenHost.WithClientCredentials();
        for (var refresh = 0; refresh < 60; refresh++)
        {
            await host.Refresher.RefreshAsync();
            await host.FlightEndedAsync();
        }

        var kept = Inspector(host).GetRefreshes();

        kept.Should().HaveCount(50);
        (kept[0].Generation, kept[^1].Generation).Should().Be((60L, 11L));
    }

    [Fact]
    public async Task Subjects_are_listed_in_order_searched_and_paged()
    {
        await using var host = TokenHost.WithClientCredentials();
        foreach (var subject in new[] { "west", "north-2", "north-1", "east" })
        {
            await host.Source.GetTokenAsync(new TokenDemand { Subject = subject });
        }

        Inspector(host).GetStatuses().Items.Select(status => status.Key.Subject).Should().Equal("", "east", "north-1", "north-2", "west");
        var page = Inspector(host).GetStatuses("NORTH", skip: 1, take: 1);

        page.Total.Should().Be(2);
        page.Items.Should().ContainSingle().Which.Key.Subject.Should().Be("north-2");
        Inspector(host).GetRefreshes("east").Should().ContainSingle();
        FluentActions.Invoking(() => Inspector(host).GetStatuses(take: 0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task Of_subjects_only_the_thousand_refreshed_last_have_a_history()
    {
        await using var host = TokenHost.WithClientCredentials();
        for (var subject = 0; subject <= RefreshHistory.MostSubjects; subject++)
        {
            await host.Source.GetTokenAsync(new TokenDemand { Subject = $"shop-{subject}" });
        }

        Inspector(host).GetRefreshes("shop-0").Should().BeEmpty();
        Inspector(host).GetRefreshes("shop-1").Should().ContainSingle();
    }

    private static ITokenInspector Inspector(TokenHost host) => host.Services.GetRequiredKeyedService<ITokenInspector>(TokenHost.Name);
}
