using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Servers that refuse a dead refresh token without saying so.</summary>
public class DoubtfulGrantTests
{
    [Theory]
    [InlineData(400, "", "\"When\": \"status == 400\"")]
    [InlineData(400, """{"error":"invalid_request"}""", "\"When\": \"status == 400 && body.error == 'invalid_request'\"")]
    [InlineData(401, "", "\"When\": \"status == 401\"")]
    [InlineData(422, """{"error":"nope"}""", "\"When\": \"status == 422 && body.error == 'nope'\"")]
    public async Task A_grant_that_is_refused_three_times_without_a_reason_is_reported_as_probably_dead_and_lives_on(int status, string body, string rule)
    {
        await using var host = Host();
        host.Endpoint.FailNext((HttpStatusCode)status, body, count: 3);

        (await RefusedAsync(host)).IsGrantProbablyDead.Should().BeFalse();
        (await RefusedAsync(host)).IsGrantProbablyDead.Should().BeFalse();
        var third = await RefusedAsync(host);

        third.IsGrantProbablyDead.Should().BeTrue();
        third.Reason.Should().BeOneOf(RefreshFailureReason.RequestRejected, RefreshFailureReason.ClientRejected);
        third.Message.Should().Contain("probably dead").And.Contain("refresh token").And.Contain(rule).And.Contain("\"Is\": \"ReauthorizationRequired\"");
        StatusOf(host).State.Should().Be(TokenState.GrantProbablyDead);
        var health = await HealthOf(host);
        (health.Status, health.Description!.Contains("probably dead", StringComparison.Ordinal)).Should().Be((HealthStatus.Unhealthy, true));
        (await host.Source.GetTokenAsync()).Reveal().Should().Be("access-1", "nothing was killed");
        StatusOf(host).State.Should().Be(TokenState.Fresh);
    }

    [Fact]
    public async Task The_rule_that_the_message_names_makes_the_grant_dead()
    {
        await using var host = Host(static options => options.Failures.Add(
            new TokenFailureOptions { When = "status == 400 && body.error == 'invalid_request'", Is = RefreshFailureReason.ReauthorizationRequired }));
        host.Endpoint.FailNext(HttpStatusCode.BadRequest, """{"error":"invalid_request"}""");

        (await RefusedAsync(host)).Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
    }

    [Fact]
    public async Task An_outage_between_two_refusals_takes_nothing_back()
    {
        await using var host = Host();
        host.Endpoint.FailNext(HttpStatusCode.BadRequest, "", count: 2);
        await RefusedAsync(host);
        await RefusedAsync(host);
        host.Endpoint.FailNext(HttpStatusCode.NotImplemented, "");
        (await RefusedAsync(host)).Reason.Should().Be(RefreshFailureReason.ServerError);
        host.Endpoint.FailNext(HttpStatusCode.BadRequest, "");

        (await RefusedAsync(host)).IsGrantProbablyDead.Should().BeTrue();
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_scope"}""")]
    [InlineData(401, """{"error":"invalid_client"}""")]
    [InlineData(404, "")]
    public async Task A_refusal_that_is_about_something_else_says_nothing_of_the_grant(int status, string body)
    {
        await using var host = Host();
        host.Endpoint.FailNext((HttpStatusCode)status, body, count: 4);

        for (var time = 0; time < 4; time++)
        {
            (await RefusedAsync(host)).IsGrantProbablyDead.Should().BeFalse();
        }
    }

    [Fact]
    public async Task While_a_token_works_refusals_do_not_count()
    {
        await using var host = Host();
        await host.Source.GetTokenAsync();
        host.Endpoint.FailNext(HttpStatusCode.BadRequest, "", count: 4);

        for (var time = 0; time < 4; time++)
        {
            (await host.Refresher.RefreshAsync()).Failure!.IsGrantProbablyDead.Should().BeFalse();
            await host.FlightEndedAsync();
        }
    }

    private static TokenHost Host(Action<TokenRefreshOptions>? configure = null) => TokenHost.WithRefreshToken(
        configure,
        static services =>
        {
            services.AddLogging();
            services.AddHealthChecks().AddTokenRefresh(TokenHost.Name);
        },
        new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromHours(1) });

    private static async Task<RefreshFailure> RefusedAsync(TokenHost host)
    {
        var failure = (await host.Source.Awaiting(static source => source.GetTokenAsync().AsTask()).Should().ThrowAsync<TokenRefreshException>()).Which.Failure;
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(10));
        return failure;
    }

    private static TokenStatus StatusOf(TokenHost host) =>
        host.Services.GetRequiredKeyedService<ITokenInspector>(TokenHost.Name).GetStatus();

    private static async Task<HealthReportEntry> HealthOf(TokenHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries.Single().Value;
}
