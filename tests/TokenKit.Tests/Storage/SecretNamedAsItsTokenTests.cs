using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>
/// A registration <c>crm</c> whose client secret is <c>${secret.crm}</c>: the token set that a refresh stores must never be
/// what the next one reads as its client secret.
/// </summary>
public sealed class SecretNamedAsItsTokenTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly StoreDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task In_memory_it_works_for_every_refresh_also_after_a_restart()
    {
        var store = new InMemorySecretStore(_time);
        return RefreshTwiceAndOnceMoreAfterARestartAsync(() => store);
    }

    [Fact]
    public Task In_files_it_works_for_every_refresh_also_after_a_restart() =>
        RefreshTwiceAndOnceMoreAfterARestartAsync(() => _directory.Open());

    private async Task RefreshTwiceAndOnceMoreAfterARestartAsync<T>(Func<T> openStore)
        where T : class, ISecretStore, IRefreshLeaseProvider
    {
        var first = HostOver(openStore(), sharing: null);
        await using (first)
        {
            (await first.Refresher.RefreshAsync()).Failure.Should().BeNull();
            (await first.Refresher.RefreshAsync()).Failure.Should().BeNull("the token set of 'crm' is not the secret 'crm'");
        }

        await using var second = HostOver(openStore(), sharing: first);
        (await second.Refresher.RefreshAsync()).Failure.Should().BeNull("a restart changes nothing about it");
        first.Endpoint.TokenRequests.Should().Be(3);
    }

    private TokenHost HostOver<T>(T store, TokenHost? sharing)
        where T : class, ISecretStore, IRefreshLeaseProvider => TokenHost.WithClientCredentials(
        token => token.Client.Secret = $"${{secret.{TokenHost.Name}}}",
        services =>
        {
            services.AddStore(store);
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection([new($"Secrets:{TokenHost.Name}", FakeTokenEndpoint.DefaultClientSecret)]).Build());
        },
        sharing: sharing,
        time: _time);
}
