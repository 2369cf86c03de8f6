using System.Net;
using Microsoft.AspNetCore.Builder;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>The tokens of the pictures: one in each state that a person should recognise.</summary>
internal static class PicturedTokens
{
    public static async Task<WebHost> StartAsync()
    {
        var host = await WebHost.StartAsync(
            (builder, endpoint) =>
            {
                foreach (var name in (string[])["accounting", "crm", "mail", "payments", "warehouse"])
                {
                    string? seed = null;
                    builder.Services.AddRefreshToken(name, endpoint, token =>
                    {
                        token.Seed.RefreshToken = seed ??= endpoint.IssueRefreshToken();
                        token.Freshness.Jitter = 0;
                        token.Resilience.Attempts = 1;
                    });
                }

                TestUsers.Add(builder.Services);
                builder.Services.AddTokenPermissions(permissions =>
                {
                    permissions.AddToken(TokenPermissionOptions.EveryToken, token => token.Update.Roles.Add("admin"));
                });
            },
            app => app.MapTokenDashboard(),
            listens: true,
            clock: new ManualTimeProvider(new DateTimeOffset(2026, 11, 21, 9, 2, 0, TimeSpan.Zero)));
        await host.TakeAsync("payments", TimeSpan.FromMilliseconds(180));
        await host.TakeAsync("warehouse", TimeSpan.FromMilliseconds(64));
        host.Time.Advance(TimeSpan.FromMinutes(31));
        await host.TakeAsync("crm", TimeSpan.FromMilliseconds(92));
        host.Time.Advance(TimeSpan.FromMinutes(20));
        await host.TakeAsync("crm", TimeSpan.FromMilliseconds(138));
        await host.TakeAsync("accounting", TimeSpan.FromMilliseconds(75));
        host.Endpoint.FailNextWithError("invalid_grant");
        await host.TakeAsync("payments", TimeSpan.FromMilliseconds(210));
        host.Time.Advance(TimeSpan.FromMinutes(22));
        host.Endpoint.FailNext(HttpStatusCode.ServiceUnavailable);
        await host.TakeAsync("accounting", TimeSpan.FromMilliseconds(1240));
        return host;
    }

    /// <summary>Refreshes, and the server takes its time.</summary>
    private static async Task TakeAsync(this WebHost host, string name, TimeSpan time)
    {
        using var held = host.Endpoint.HoldNext();
        var refresh = host.Refresher(name).RefreshAsync();
        await held.WaitForArrivalAsync();
        host.Time.Advance(time);
        held.Release();
        await refresh;
        await host.FlightEndedAsync(name);
    }
}
