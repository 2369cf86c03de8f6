using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Token sets at rest, sealed by the application's key ring.</summary>
public sealed class DataProtectionTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tokenkit-dp-");

    private string Keys => Path.Combine(_directory.FullName, "keys");

    private string Store => Path.Combine(_directory.FullName, "store");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_token_set_is_read_again_by_another_process_with_the_same_key_ring()
    {
        var endpoint = new FakeTokenEndpoint();
        string token;
        using (var first = await StartAsync(endpoint))
        {
            token = (await Source(first, "crm").GetTokenAsync()).Reveal();
        }

        using var second = await StartAsync(endpoint);

        (await Source(second, "crm").GetTokenAsync()).Reveal().Should().Be(token);
        endpoint.TokenRequests.Should().Be(1);
        var scan = new SecretLeakScan().Add(endpoint);
        foreach (var file in Directory.EnumerateFiles(Store, "*", SearchOption.AllDirectories))
        {
            scan.In(file, await File.ReadAllTextAsync(file)).Should().BeEmpty();
        }
    }

    [Fact]
    public async Task With_another_key_ring_what_is_stored_is_damaged_and_not_overwritten()
    {
        var endpoint = new FakeTokenEndpoint();
        using (var first = await StartAsync(endpoint))
        {
            await Source(first, "crm").GetTokenAsync();
        }

        Directory.Delete(Keys, recursive: true);
        using var second = await StartAsync(endpoint);
        var read = () => Source(second, "crm").GetTokenAsync().AsTask();

        (await read.Should().ThrowAsync<TokenRefreshException>()).Which.Message.Should().Contain("Data Protection keys at hand");
        endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public void A_record_opens_at_its_place_and_nowhere_else()
    {
        var protector = new DataProtectionSecretProtector(new EphemeralDataProtectionProvider());
        var record = protector.Protect("a token set"u8, "place one"u8);

        protector.Unprotect(record, "place one"u8).Should().Equal("a token set"u8.ToArray());

        var elsewhere = () => protector.Unprotect(record, "place two"u8);
        elsewhere.Should().Throw<SecretDamagedException>();
        record[^1] ^= 1;
        var changed = () => protector.Unprotect(record, "place one"u8);
        changed.Should().Throw<SecretDamagedException>();
    }

    [Fact]
    public async Task A_key_ring_that_nobody_said_where_to_keep_stops_the_start()
    {
        var start = () => StartAsync(new FakeTokenEndpoint(), persistKeys: false);

        (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message
            .Should().Contain("'crm'").And.Contain("PersistKeysTo").And.Contain("allowEphemeralKeys");
    }

    [Fact]
    public async Task A_key_ring_in_memory_stops_the_start_in_Development_too()
    {
        var start = () => StartAsync(
            new FakeTokenEndpoint(), persistKeys: false, environment: "Development",
            services: services => services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));

        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*allowEphemeralKeys*");
    }

    [Fact]
    public async Task Ephemeral_keys_are_used_where_that_was_said()
    {
        var endpoint = new FakeTokenEndpoint();
        using var host = await StartAsync(
            endpoint, persistKeys: false, allowEphemeralKeys: true,
            services: services => services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));

        await Source(host, "crm").GetTokenAsync();

        endpoint.TokenRequests.Should().Be(1);
    }

    private static ITokenSource Source(IHost host, string name) => host.Services.GetRequiredKeyedService<ITokenSource>(name);

    private async Task<IHost> StartAsync(
        FakeTokenEndpoint endpoint, bool persistKeys = true, bool allowEphemeralKeys = false, string environment = "Production",
        Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        foreach (var name in (string[])["crm", "mail"])
        {
            // Two registrations in one directory, which needs one protector for both.
            builder.Services.AddRefreshToken(name, endpoint, token => token.Seed.RefreshToken = SeedOf(endpoint, name))
                .UseFileStore(Store).UseDataProtection(allowEphemeralKeys);
        }

        if (persistKeys)
        {
            builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Keys)).SetApplicationName("tests");
        }

        services?.Invoke(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private readonly Dictionary<string, string> _seeds = [];

    private string SeedOf(FakeTokenEndpoint endpoint, string name) =>
        _seeds.TryGetValue(name, out var seed) ? seed : _seeds[name] = endpoint.IssueRefreshToken();
}
