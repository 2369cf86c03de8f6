using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.Tests;

/// <summary>A grant that several registrations use is kept alive once, and counts from its last exchange, whoever made it.</summary>
public sealed class SharedGrantTests
{
    private const string Other = "zebra";
    private const string Shop = "shop-1";
    private const int Shops = 20;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TokenDemand OfShop = new() { Subject = Shop };

    [Fact]
    public void The_first_by_name_of_those_that_share_a_record_keeps_it_alive() => RefreshSchedulerTests.OnOneThread(async () =>
    {
        await using var host = Host();
        await host.StartAsync();
        for (var shop = 0; shop < Shops; shop++)
        {
            await host.Source.GetTokenAsync(OfShop with { Subject = $"shop-{shop}" });
            await SourceOf(host).GetTokenAsync(OfShop with { Subject = $"shop-{shop}" });
        }

        host.Time.Advance(4 * Week);

        var renewals = host.Endpoint.Requests.Skip(2 * Shops).ToList();
        renewals.Should().HaveCountGreaterThanOrEqualTo(4 * Shops).And.HaveCountLessThanOrEqualTo(5 * Shops, "once in a period, not once for each registration");
        renewals.Should().OnlyContain(static request => request.Form["scope"] == "read", "both would look into the store for each grant otherwise");
    });

    [Fact]
    public void What_another_registration_exchanged_puts_it_off() => RefreshSchedulerTests.OnOneThread(async () =>
    {
        await using var host = Host();
        await host.StartAsync();
        await host.Source.GetTokenAsync(OfShop);
        var before = host.Endpoint.TokenRequests;
        var other = host.Services.GetRequiredKeyedService<ITokenRefresher>(Other);

        for (var day = 0; day < 30; day++)
        {
            host.Time.Advance(TimeSpan.FromDays(1));
            (await other.RefreshAsync(Shop)).Succeeded.Should().BeTrue();
        }

        (host.Endpoint.TokenRequests - before).Should().Be(30, "the grant was never a week without an exchange");
    });

    [Fact]
    public void Where_the_first_keeps_nothing_alive_the_next_one_does() => RefreshSchedulerTests.OnOneThread(async () =>
    {
        await using var host = Host(firstKeepsAlive: false);
        await host.StartAsync();
        await host.Source.GetTokenAsync(OfShop);
        await SourceOf(host).GetTokenAsync(OfShop);
        var before = host.Endpoint.TokenRequests;

        host.Time.Advance(4 * Week);

        (host.Endpoint.TokenRequests - before).Should().BeInRange(4, 5);
    });

    private static ITokenSource SourceOf(TokenHost host) => host.Services.GetRequiredKeyedService<ITokenSource>(Other);

    // Other scopes, so that neither adopts what the other renewed.
    private static TokenHost Host(bool firstKeepsAlive = true)
    {
        TokenHost? host = null;
        var store = new FaultyStore();
        return host = TokenHost.WithClientCredentials(
            options =>
            {
                options.Scope = "read";
                options.Secret.AccessTokens = StoredAccessTokens.Many;
                options.Freshness.KeepAlive = firstKeepsAlive ? Week : null;
            },
            services =>
            {
                services.AddStore(store);
                services.AddSingleton<IWorkSpawner>(new InlineSpawner());
                services.AddKeyedSingleton<ISecretStore>(Other, store);
                services.AddTokenRefresh(Other, options =>
                {
                    options.Grant = TokenGrants.ClientCredentials;
                    options.TokenEndpoint = host!.Endpoint.Address.AbsoluteUri;
                    options.Client.Id = FakeTokenEndpoint.DefaultClientId;
                    options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                    options.Scope = "write";
                    options.Secret.Name = TokenHost.Name;
                    options.Secret.AccessTokens = StoredAccessTokens.Many;
                    options.Freshness.KeepAlive = Week;
                });
                services.AddHttpClient("tokenkit-" + Other).ConfigurePrimaryHttpMessageHandler(() => host!.Endpoint.CreateHandler());
            },
            time: store.Time);
    }
}
