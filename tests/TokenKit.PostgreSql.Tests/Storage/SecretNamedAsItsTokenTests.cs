using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>
/// A registration <c>crm</c> whose client secret is <c>${secret.crm}</c>: the token set that a refresh stores must never be
/// what the next one reads as its client secret.
/// </summary>
[Collection(DatabaseCollection.Name)]
public sealed class SecretNamedAsItsTokenTests(TestDatabase database)
{
    private const string Name = "crm";

    [PostgreSqlFact]
    public async Task It_works_for_every_refresh_also_after_a_restart()
    {
        var (endpoint, place) = (new FakeTokenEndpoint(), database.NewOptions());
        await using (var first = Program(endpoint, place))
        {
            (await RefreshAsync(first)).Should().BeNull();
            (await RefreshAsync(first)).Should().BeNull("the token set of 'crm' is not the secret 'crm'");
        }

        await using var second = Program(endpoint, place);
        (await RefreshAsync(second)).Should().BeNull("a restart changes nothing about it");
        endpoint.TokenRequests.Should().Be(3);
    }

    [PostgreSqlFact]
    public async Task A_secret_in_the_table_stands_beside_the_token_set_of_its_name()
    {
        var (endpoint, place) = (new FakeTokenEndpoint(), database.NewOptions());
        var store = new PostgreSqlSecretStore(database.DataSource, place, TestKeys.Protector());
        await store.SetAsync(new SecretKey("Production", Name), new SecretWrite("my-app-secret"u8.ToArray(), SecretCondition.Absent));
        await using var program = Program(endpoint, place, secretInConfiguration: "is not read");

        (await RefreshAsync(program)).Should().BeNull();
        (await RefreshAsync(program)).Should().BeNull("the secret is still there");

        (await store.GetAsync(new SecretKey("Production", Name)))!.Value.ToArray().Should().Equal("my-app-secret"u8.ToArray());
    }

    private static async Task<RefreshFailure?> RefreshAsync(ServiceProvider program) =>
        (await program.GetRequiredKeyedService<ITokenRefresher>(Name).RefreshAsync()).Failure;

    private ServiceProvider Program(
        FakeTokenEndpoint endpoint, PostgreSqlStoreOptions place, string secretInConfiguration = FakeTokenEndpoint.DefaultClientSecret)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection([new($"Secrets:{Name}", secretInConfiguration)]).Build());
        services.AddTokenRefresh(Name, options =>
        {
            options.Grant = TokenGrants.ClientCredentials;
            options.TokenEndpoint = endpoint.Address.AbsoluteUri;
            options.Client.Id = FakeTokenEndpoint.DefaultClientId;
            options.Client.Secret = $"${{secret.{Name}}}";
        }).UsePostgreSql(database.DataSource, options => (options.Schema, options.CreateSchema) = (place.Schema, true)).UseAesGcm(TestKeys.Key);
        services.AddHttpClient("tokenkit-" + Name).ConfigurePrimaryHttpMessageHandler(endpoint.CreateHandler);
        return services.BuildServiceProvider();
    }
}
