using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>
/// An application with three tokens: <c>crm</c>, renewed by a refresh token; <c>mail</c>; <c>vault</c>, whose secret is locked.
/// Operators may update crm and vault, readers may read crm, keepers may seed crm.
/// </summary>
internal static class TokenWebHost
{
    public static Task<WebHost> StartAsync(
        Action<WebApplicationBuilder, FakeTokenEndpoint>? configure = null, Action<WebApplication>? map = null, bool listens = false,
        FakeTokenEndpointOptions? server = null, Action<TokenRefreshOptions>? crm = null, bool realTime = false) =>
        WebHost.StartAsync(
            (builder, endpoint) =>
            {
                string? seed = null;
                builder.Services.AddRefreshToken("crm", endpoint, token =>
                {
                    token.Seed.RefreshToken = seed ??= endpoint.IssueRefreshToken();
                    crm?.Invoke(token);
                });
                builder.Services.AddClientCredentials("mail", endpoint);
                builder.Services.AddClientCredentials("vault", endpoint, token => token.Secret.Locked = true);
                TestUsers.Add(builder.Services);
                builder.Services.AddTokenPermissions(permissions =>
                {
                    permissions.AddToken("crm", crm =>
                    {
                        crm.Read.Roles.Add("reader");
                        crm.Update.Roles.Add("operator");
                        crm.Seed.Roles.Add("keeper");
                    });
                    permissions.AddToken("vault", vault =>
                    {
                        vault.Update.Roles.Add("operator");
                        vault.Seed.Roles.Add("keeper");
                    });
                    permissions.AddToken("mail", token => token.Update.Roles.Add("postmaster"));
                });
                configure?.Invoke(builder, endpoint);
            },
            map ?? (static app => app.MapTokenRefresh()),
            listens: listens,
            server: server,
            realTime: realTime);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
