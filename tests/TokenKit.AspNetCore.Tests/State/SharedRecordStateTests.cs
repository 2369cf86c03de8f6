using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Registrations of one record show the state of their own tokens, also where this process has used none.</summary>
public sealed class SharedRecordStateTests
{
    private readonly SwitchableStore _store = new();

    [Fact]
    public async Task Each_shows_its_own_token_and_one_that_has_none_shows_none()
    {
        await using var other = await StartAsync();
        var begun = _store.Time.GetUtcNow();
        await other.RefreshAsync("admin");
        _store.Time.Advance(TimeSpan.FromMinutes(10));
        await other.RefreshAsync("read");
        await using var host = await StartAsync(other.Endpoint);

        var (admin, read, write) = (await StateAsync(host, "admin"), await StateAsync(host, "read"), await StateAsync(host, "write"));

        admin.GetProperty("obtainedAt").GetDateTimeOffset().Should().BeCloseTo(begun, TimeSpan.FromSeconds(1));
        read.GetProperty("obtainedAt").GetDateTimeOffset().Should().BeCloseTo(begun + TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1));
        admin.GetProperty("status").GetString().Should().Be("Fresh");
        write.GetProperty("status").GetString().Should().Be("NotObtained");
        (write.TryGetProperty("obtainedAt", out var at) && at.ValueKind is not JsonValueKind.Null).Should().BeFalse("{0}", write);
        host.Endpoint.TokenRequests.Should().Be(2, "looking starts nothing");
    }

    private Task<WebHost> StartAsync(FakeTokenEndpoint? shared = null) => WebHost.StartAsync(
        (builder, endpoint) =>
        {
            foreach (var name in new[] { "admin", "read", "write" })
            {
                builder.Services.AddClientCredentials(name, endpoint, options =>
                {
                    options.Scope = name;
                    options.Secret.Name = "vendor";
                    options.Secret.AccessTokens = StoredAccessTokens.Many;
                });
                builder.Services.AddKeyedSingleton<ISecretStore>(name, _store);
                builder.Services.AddKeyedSingleton<IRefreshLeaseProvider>(name, _store);
                builder.Services.AddTokenPermissions(permissions => permissions.AddToken(name, token => token.Read.Roles.Add("operator")));
            }

            TestUsers.Add(builder.Services);
        },
        static app => app.MapTokenRefresh(),
        clock: _store.Time,
        shared: shared);

    private static Task<JsonElement> StateAsync(WebHost host, string name) =>
        host.Client("role=operator").GetFromJsonAsync<JsonElement>($"/tokens/{name}");
}
