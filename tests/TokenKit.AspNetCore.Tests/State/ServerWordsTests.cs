using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Where a server's own words about a failure are shown, and where they are not.</summary>
public sealed class ServerWordsTests
{
    private const string Words = "AADSTS7000215: Invalid client credential <b>provided</b>.";
    private const string Operator = "role=operator";
    private const string Telling = "AADSTS7000215";

    [Fact]
    public async Task A_servers_words_stand_in_the_exception_on_the_page_and_in_one_log_line_and_nowhere_else()
    {
        await using var host = await StartAsync();
        using var metrics = new RecordedMetrics(host.Services.GetRequiredService<IMeterFactory>());
        using var activities = new RecordedActivities();
        host.Endpoint.FailNext(HttpStatusCode.Unauthorized, $$"""{"error":"invalid_client","error_description":"{{Words}}"}""", count: 2);

        var call = async () => await host.Source("crm").GetTokenAsync();
        var exception = (await call.Should().ThrowAsync<TokenRefreshException>()).Which;
        await host.FlightEndedAsync("crm");
        var lines = host.Logs.Entries.Where(entry => entry.Message.Contains(Telling, StringComparison.Ordinal)).ToList();
        using var refused = await host.Client(Operator).PostAsync("/tokens/crm/refresh", null);

        exception.Failure.ErrorDescription.Should().Be(Words);
        exception.Message.Should().EndWith($"The server says: \"{Words}\"");
        exception.Failure.Message.Should().NotContain(Telling);
        (await TextAsync(host, "/tokens/ui")).Should().Contain("AADSTS7000215: Invalid client credential &lt;b&gt;provided");
        lines.Should().ContainSingle().Which.EventId.Name.Should().Be("RefreshFailed");
        refused.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        (await refused.Content.ReadAsStringAsync()).Should().Contain("invalid_client").And.NotContain(Telling);
        (await TextAsync(host, "/tokens/crm")).Should().Contain("ClientRejected").And.NotContain(Telling);
        var scan = new SecretLeakScan().Add("the server's words", Telling);
        metrics.Measurements.Should().NotBeEmpty();
        scan.In(metrics).Should().BeEmpty();
        activities.Stopped.Should().NotBeEmpty();
        scan.In(activities).Should().BeEmpty();
    }

    private static Task<WebHost> StartAsync() => WebHost.StartAsync(
        static (builder, endpoint) =>
        {
            builder.Services.AddRefreshToken("crm", endpoint, token =>
            {
                token.Seed.RefreshToken = endpoint.IssueRefreshToken();
                token.Resilience.Attempts = 1;
            });
            TestUsers.Add(builder.Services);
            builder.Services.AddTokenPermissions(permissions => permissions.AddToken("crm", token => token.Update.Roles.Add("operator")));
        },
        static app =>
        {
            app.MapTokenRefresh();
            app.MapTokenDashboard();
        });

    private static async Task<string> TextAsync(WebHost host, string path)
    {
        using var answer = await host.Client(Operator).GetAsync(path);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync();
    }
}
