using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>The code of the package's README and of docs/aspnetcore.md, executed.</summary>
public sealed class AspNetCoreExamples : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tokenkit-aspnetcore-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_first_example_shows_and_refreshes_for_those_who_may()
    {
        await using var host = await WebHost.StartAsync(
            (builder, endpoint) =>
            {
                builder.Services.AddClientCredentials("crm", endpoint);
                TestUsers.Add(builder.Services);

                // begin-snippet: aspnetcore-permissions
                builder.Services.AddTokenPermissions(permissions =>
                {
                    permissions.AddToken("crm", crm =>
                    {
                        crm.Update.Roles.Add("operator");
                        crm.Read.Roles.Add("support");
                    });
                });
                // end-snippet
            },
            app =>
            {
                // begin-snippet: aspnetcore-map
                app.MapTokenRefresh("/tokens");
                app.MapTokenDashboard("/tokens/ui");
                // end-snippet
            });

        (await host.Client("role=operator").PostAsync("/tokens/crm/refresh", null)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Client("role=support").PostAsync("/tokens/crm/refresh", null)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await host.Client("role=support").GetAsync("/tokens/ui")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Permissions_and_the_scheme_come_from_configuration()
    {
        await using var host = await WebHost.StartAsync(
            (builder, endpoint) =>
            {
                builder.Services.AddClientCredentials("crm", endpoint);
                builder.Services.AddClientCredentials("partner", endpoint);
                builder.Configuration.AddInMemoryCollection(
                [
                    new("TokenPermissions:crm:Update:ServiceAccounts:0", "partner"),
                    new("Authentication:Schemes:partner:Roles:0", "supplier"),
                ]);

                // begin-snippet: aspnetcore-permissions-configuration
                builder.Services.AddTokenPermissions(builder.Configuration.GetSection("TokenPermissions"));
                // end-snippet

                // begin-snippet: aspnetcore-inbound
                builder.Services.AddAuthentication().AddStoredToken("partner", options => options.Roles.Add("supplier"));
                // end-snippet
            },
            app =>
            {
                app.MapTokenRefresh("/tokens");

                // begin-snippet: aspnetcore-policy
                app.MapPost("/orders/sync", (ClaimsPrincipal user) => $"synchronised for {user.Identity!.Name}")
                    .RequireAuthorization(policy => policy.AddRequirements(TokenPermissions.Update("crm")));
                // end-snippet
            });
        var token = (await host.Source("partner").GetTokenAsync()).Reveal();
        var partner = host.Client();
        partner.DefaultRequestHeaders.Authorization = new("Bearer", token);

        (await partner.PostAsync("/orders/sync", null)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await partner.PostAsync("/tokens/crm/refresh", null)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await host.Client().PostAsync("/orders/sync", null)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Consent_and_Data_Protection()
    {
        var (store, keys) = (Path.Combine(_directory.FullName, "store"), Path.Combine(_directory.FullName, "keys"));
        await using var host = await WebHost.StartAsync(
            (builder, endpoint) =>
            {
                TestUsers.Add(builder.Services);
                builder.Services.AddTokenPermissions(permissions => permissions.AddToken("crm", token => token.Seed.Roles.Add("keeper")));
                var crm = builder.Services.AddRefreshToken("crm", endpoint);

                // begin-snippet: aspnetcore-data-protection
                builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(keys)).SetApplicationName("shop");
                crm.UseFileStore(store).UseDataProtection();
                // end-snippet
            },
            app =>
            {
                // begin-snippet: aspnetcore-consent
                app.MapTokenConsent("/connect", consent =>
                {
                    consent.AddToken("crm", crm =>
                    {
                        crm.AuthorizationEndpoint = "https://login.example.com/authorize";
                        crm.Scope = "orders.read offline_access";
                    });
                });
                // end-snippet
            });

        using var begun = await host.Client("role=keeper").GetAsync("/connect/crm");

        begun.Headers.Location!.Host.Should().Be("login.example.com");
    }
}
