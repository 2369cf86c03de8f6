using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class TokenHealthCheckTests
{
    private static readonly FakeTokenEndpointOptions TenMinutes = new() { AccessTokenLifetime = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task Nothing_asked_yet_is_healthy_and_a_probe_refreshes_nothing()
    {
        await using var host = Host();

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);

        host.Endpoint.TokenRequests.Should().Be(0);
    }

    [Fact]
    public async Task A_usable_token_is_healthy_and_its_times_are_in_the_data()
    {
        await using var host = Host();
        await host.Source.GetTokenAsync();

        var entry = await CheckAsync(host);

        entry.Status.Should().Be(HealthStatus.Healthy);
        entry.Data.Should().ContainKeys("obtained_at", "refresh_at", "expires_at", "last_success_at", "next_attempt_at", "generation");
        entry.Data.Values.Select(value => value.ToString()).Should().NotContain(text => text!.Contains("access-"));
    }

    [Fact]
    public async Task A_usable_token_whose_refresh_failed_is_degraded_and_without_one_it_fails()
    {
        await using var host = Host();
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        host.Time.Advance(TimeSpan.FromMinutes(9));
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError, count: 100);
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();

        var degraded = await CheckAsync(host);
        (degraded.Status, degraded.Data["reason"]).Should().Be((HealthStatus.Degraded, "server_error"));

        host.Time.Advance(TimeSpan.FromMinutes(2));
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Unhealthy);
    }

    [Fact]
    public async Task A_renewal_that_is_overdue_is_degraded()
    {
        await using var host = Host();
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();

        host.Time.Advance(TimeSpan.FromMinutes(9.8));

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Degraded);
    }

    [Fact]
    public async Task A_dead_grant_says_what_to_do()
    {
        await using var host = TokenHost.WithRefreshToken(services: AddCheck, server: TenMinutes);
        host.Endpoint.FailNextWithError("invalid_grant");
        await host.Refresher.RefreshAsync();

        var entry = await CheckAsync(host);

        entry.Status.Should().Be(HealthStatus.Unhealthy);
        entry.Description.Should().Contain("consent");
    }

    [Fact]
    public async Task A_token_set_that_could_not_be_stored_is_degraded()
    {
        var store = new FaultyStore();
        await using var host = Host(store);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        store.FailWrites(1);
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Degraded);
    }

    [Fact]
    public async Task While_a_write_hangs_a_token_set_that_could_not_be_stored_stays_degraded()
    {
        var store = new FaultyStore();
        await using var host = Host(store);
        await host.Source.GetTokenAsync();
        await host.FlightEndedAsync();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.FailWrites(1);
        await host.Refresher.RefreshAsync();
        await host.FlightEndedAsync();
        var writes = store.Writes;
        store.BeforeWrite = () => answer.Task;
        await host.PausesPassUntilAsync(() => store.Writes > writes, "the next write is on the way");

        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Degraded);

        answer.SetResult();
        await host.PausesPassUntilAsync(() => !host.Services.GetRequiredKeyedService<ITokenInspector>(TokenHost.Name).GetStatus().IsUnsaved, "it is stored");
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_subject_without_a_token_degrades_and_does_not_take_the_program_down()
    {
        await using var host = Host();
        await host.Source.GetTokenAsync();
        await host.Source.GetTokenAsync(new TokenDemand { Subject = "north" });
        host.Endpoint.FailNext(HttpStatusCode.InternalServerError);
        await host.Source.Awaiting(source => source.GetTokenAsync(new TokenDemand { Subject = "south" }).AsTask())
            .Should().ThrowAsync<TokenRefreshException>();

        var entry = await CheckAsync(host);

        (entry.Status, entry.Data["subjects"], entry.Data["subjects_failing"]).Should().Be((HealthStatus.Degraded, 2, 1));
    }

    [Fact]
    public async Task A_name_that_nobody_registered_says_which_call_is_missing()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHealthChecks().AddTokenRefresh("crm");
        await using var provider = services.BuildServiceProvider();

        (await provider.GetRequiredService<HealthCheckService>().Awaiting(it => it.CheckHealthAsync())
            .Should().ThrowAsync<InvalidOperationException>()).WithMessage("*AddTokenRefresh(\"crm\"*");
    }

    private static TokenHost Host() =>
        TokenHost.WithClientCredentials(options => options.Resilience.Attempts = 1, AddCheck, TenMinutes);

    private static TokenHost Host(FaultyStore store) => TokenHost.WithRefreshToken(
        services: services =>
        {
            AddCheck(services);
            services.AddStore(store);
        },
        time: store.Time);

    private static void AddCheck(IServiceCollection services) => services.AddHealthChecks().AddTokenRefresh(TokenHost.Name, tags: ["ready"]);

    private static async Task<HealthReportEntry> CheckAsync(TokenHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries[$"token-{TokenHost.Name}"];
    }
}
