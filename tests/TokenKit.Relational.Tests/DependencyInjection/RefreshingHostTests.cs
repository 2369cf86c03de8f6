using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Relational.Tests;

/// <summary>Hosts whose tokens are kept in one file of SQLite, against a token server that rotates strictly.</summary>
public sealed class RefreshingHostTests : IDisposable
{
    private const string Name = "crm";

    private readonly SqliteFile _file = new();
    private readonly FakeTokenEndpoint _endpoint = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_host_refreshes_and_a_second_adopts()
    {
        await using var first = Host(_endpoint.IssueRefreshToken());
        var token = await SourceOf(first).GetTokenAsync();
        await using var second = Host(seed: null);

        var adopted = await SourceOf(second).GetTokenAsync();

        adopted.Reveal().Should().Be(token.Reveal());
        _endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task Hosts_refresh_in_turn_and_send_no_refresh_token_twice()
    {
        await using var first = Host(_endpoint.IssueRefreshToken());
        await using var second = Host(seed: null);
        await SourceOf(first).GetTokenAsync();
        for (var round = 0; round < 3; round++)
        {
            foreach (var host in new[] { first, second })
            {
                var result = await host.GetRequiredKeyedService<ITokenRefresher>(Name).RefreshAsync();
                result.Outcome.Should().BeOneOf(RefreshOutcome.Refreshed, RefreshOutcome.Adopted);
            }
        }

        _endpoint.ReuseDetections.Should().Be(0);
        _endpoint.LostGrants.Should().Be(0);
        _endpoint.Rotations.Should().BeGreaterThan(3);
    }

    [Fact]
    public async Task Nothing_of_a_token_stands_in_the_file_and_the_list_has_its_name()
    {
        await using var host = Host(_endpoint.IssueRefreshToken());
        var token = await SourceOf(host).GetTokenAsync();
        var store = host.GetRequiredKeyedService<RelationalSecretStore>(Name);

        var page = await store.ListAsync(new SecretQuery { Environment = "Production", Kind = SecretKind.TokenSet });

        page.Secrets.Should().ContainSingle().Which.Should().Match<SecretListing>(static listing => listing.Key.Name == Name && listing.ExpiresIn > TimeSpan.Zero);
        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(_file.Path)!))
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            bytes.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(token.Reveal())).Should().Be(-1);
        }
    }

    [Fact]
    public async Task Another_key_does_not_open_what_is_stored()
    {
        await using (var host = Host(_endpoint.IssueRefreshToken()))
        {
            await SourceOf(host).GetTokenAsync();
        }

        await using var stranger = Host(seed: null, TestKeys.OtherKey);
        var read = async () => await stranger.GetRequiredKeyedService<ISecretStore>(Name)
            .GetAsync(new SecretKey("Production", Name) { Kind = SecretKind.TokenSet });

        await read.Should().ThrowAsync<SecretDamagedException>();
    }

    private static ITokenSource SourceOf(IServiceProvider host) => host.GetRequiredKeyedService<ITokenSource>(Name);

    private ServiceProvider Host(string? seed, string? key = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<DbDataSource>(_ => _file.NewDataSource());
        services.AddTokenRefresh(Name, token =>
        {
            token.TokenEndpoint = _endpoint.Address.AbsoluteUri;
            token.Grant = TokenGrants.RefreshToken;
            token.Client.Id = FakeTokenEndpoint.DefaultClientId;
            token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
            token.Seed.RefreshToken = seed;
        })
        .UseRelational(RelationalDialect.Sqlite, static options => options.CreateSchema = true)
        .UseAesGcm(key ?? TestKeys.Key);
        services.AddHttpClient("tokenkit-" + Name).ConfigurePrimaryHttpMessageHandler(_endpoint.CreateHandler);
        return services.BuildServiceProvider();
    }
}
