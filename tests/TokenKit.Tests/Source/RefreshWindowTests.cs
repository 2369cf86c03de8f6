using System.Net;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>When the two instants fall, and what the endpoint sees of it.</summary>
public class RefreshWindowTests
{
    [Theory]
    [InlineData(1, 600, 900)]
    [InlineData(5, 600, 180)]
    [InlineData(30, 600, 30)]
    public async Task Short_lived_tokens_under_load_are_renewed_without_hammering_and_no_caller_fails(int lifetime, int seconds, int atMost)
    {
        await using var host = TokenHost.WithClientCredentials(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(lifetime) });

        for (var step = 0; step < seconds * 20; step++)
        {
            var token = await host.Source.GetTokenAsync();
            host.Endpoint.StateOf(token.Reveal()).Should().Be(AccessTokenState.Active);
            await host.FlightEndedAsync();
            host.Time.Advance(TimeSpan.FromMilliseconds(50));
        }

        host.Endpoint.TokenRequests.Should().BeInRange((int)(seconds / lifetime * 0.9), atMost);
    }

    [Fact]
    public async Task Looking_for_a_cached_token_starts_nothing_and_finds_it_until_it_expires()
    {
        await using var host = TokenHost.WithClientCredentials(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        host.Cached.Should().BeNull("nobody has asked for it");
        await host.Source.GetTokenAsync();

        host.Time.Advance(TimeSpan.FromMinutes(9.9));
        host.Cached!.Reveal().Should().Be("access-1", "it is due, and works");
        host.Time.Advance(TimeSpan.FromMinutes(0.1));

        host.Cached.Should().BeNull();
        host.Endpoint.TokenRequests.Should().Be(1);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "invalid_grant")]
    [InlineData(HttpStatusCode.BadRequest, "too_early")]
    public async Task A_server_that_refuses_early_refresh_is_asked_once_early_and_again_when_it_allows_it(HttpStatusCode status, string error)
    {
        await using var host = TokenHost.WithRefreshToken(
            options => options.Freshness.NotBefore = TimeSpan.FromSeconds(30),
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        await host.Source.GetTokenAsync();
        host.Endpoint.FailNextWithError(error, status: status);

        var early = await host.Refresher.RefreshAsync();
        early.Failure!.Reason.Should().Be(RefreshFailureReason.RequestRejected, "an early refusal is no dead grant");
        await host.FlightEndedAsync();
        for (var second = 0; second < 560; second += 10)
        {
            (await host.Source.GetTokenAsync(new TokenDemand { Force = true })).Reveal().Should().Be("access-1");
            (await host.Refresher.RefreshAsync()).Succeeded.Should().BeFalse();
            host.Time.Advance(TimeSpan.FromSeconds(10));
        }

        host.Endpoint.TokenRequests.Should().Be(2, "the refusal is not repeated in a loop");
        host.Time.Advance(TimeSpan.FromSeconds(15));
        (await host.Refresher.RefreshAsync()).Token!.Reveal().Should().Be("access-2");
    }

    [Fact]
    public async Task A_refusal_once_the_time_has_come_is_a_dead_grant()
    {
        await using var host = TokenHost.WithRefreshToken(
            options => options.Freshness.NotBefore = TimeSpan.FromSeconds(30),
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        await host.Source.GetTokenAsync();
        host.Time.Advance(TimeSpan.FromSeconds(580));
        host.Endpoint.FailNextWithError("invalid_grant");

        (await host.Refresher.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
    }

    [Fact]
    public async Task Nothing_is_asked_ahead_before_the_server_allows_it()
    {
        await using var host = TokenHost.WithClientCredentials(
            options => options.Freshness.NotBefore = TimeSpan.FromSeconds(30),
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromMinutes(10) });
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        host.Time.Advance(TimeSpan.FromSeconds(569));
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Endpoint.TokenRequests.Should().Be(1);

        host.Time.Advance(TimeSpan.FromSeconds(5));
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Endpoint.TokenRequests.Should().Be(2);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(3650)]
    public async Task Lifetimes_beyond_what_a_timer_takes_are_served_and_renewed(int days)
    {
        await using var host = TokenHost.WithClientCredentials(
            server: new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromDays(days) });
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        // What is longer than a year is taken for a year.
        host.Time.Advance(TimeSpan.FromDays(Math.Min(days, 365) * 0.9));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1");
        await host.FlightEndedAsync();

        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-2");
    }
}
