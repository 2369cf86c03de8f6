using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Who may do what with which token.</summary>
public sealed class TokenPermissionTests
{
    [Theory]
    [InlineData("role=operator", true, true, false)]
    [InlineData("role=support", true, false, false)]
    [InlineData("role=keeper", true, false, true)]
    [InlineData("role=Operator", false, false, false)]
    [InlineData("role=admin", true, true, true)]
    [InlineData("department=integration", true, true, false)]
    [InlineData("department=Integration", false, false, false)]
    [InlineData("client_id=nightly", true, true, false)]
    [InlineData("azp=nightly,sub=nightly", true, true, false)]
    [InlineData("client_id=nightly,sub=a-person", false, false, false)]
    [InlineData("", false, false, false)]
    public async Task A_permission_is_granted_to_roles_claims_and_service_accounts(string user, bool read, bool update, bool seed)
    {
        await using var provider = Build();

        (await MayAsync(provider, user, TokenPermissions.Read("crm"))).Should().Be(read);
        (await MayAsync(provider, user, TokenPermissions.Update("crm"))).Should().Be(update);
        (await MayAsync(provider, user, TokenPermissions.Seed("crm"))).Should().Be(seed);
    }

    [Fact]
    public async Task A_permission_for_one_token_is_none_for_another()
    {
        await using var provider = Build();

        (await MayAsync(provider, "role=operator", TokenPermissions.Update("mail"))).Should().BeFalse();
        (await MayAsync(provider, "role=admin", TokenPermissions.Update("mail"))).Should().BeTrue("the star stands for every token");
    }

    [Fact]
    public async Task A_locked_definition_refuses_even_the_permitted()
    {
        await using var provider = Build(token => token.Secret.Locked = true);

        (await MayAsync(provider, "role=admin", TokenPermissions.Read("crm"))).Should().BeTrue();
        (await MayAsync(provider, "role=admin", TokenPermissions.Update("crm"))).Should().BeFalse();
        (await MayAsync(provider, "role=admin", TokenPermissions.Seed("crm"))).Should().BeFalse();
    }

    [Fact]
    public async Task A_secret_that_is_locked_in_the_store_refuses_even_the_permitted()
    {
        var store = new SwitchableStore();
        await using var provider = Build(store: store);
        await new TokenSetStore(store, store.Time).WriteAsync(
            new SecretKey("Production", "crm", "acme") { Kind = SecretKind.TokenSet }, TokenRecord.Of(new TokenSet { RefreshToken = new SecretText("r") }, default), SecretCondition.Any, default);
        store.IsLocked = true;

        (await MayAsync(provider, "role=admin", TokenPermissions.Update("crm"), new TokenKey("crm", "acme"))).Should().BeFalse();
        (await MayAsync(provider, "role=admin", TokenPermissions.Update("crm"), new TokenKey("crm"))).Should().BeTrue("nothing is stored there");
    }

    [Fact]
    public async Task A_store_that_is_away_locks_nothing()
    {
        var store = new SwitchableStore { IsAway = true };
        await using var provider = Build(store: store);

        (await MayAsync(provider, "role=admin", TokenPermissions.Update("crm"))).Should().BeTrue();
    }

    [Theory]
    [InlineData("TokenPermissions:crm:Updat:Roles:0", "*TokenPermissions:crm:Updat is unknown*Read, Update, Seed*")]
    [InlineData("TokenPermissions:crm:Update:Role:0", "*TokenPermissions:crm:Update:Role is unknown*Roles, Claims, ServiceAccounts*")]
    public async Task A_misspelt_key_is_named(string key, string message)
    {
        await using var provider = Build(more: [new(key, "x")]);

        var check = () => MayAsync(provider, "role=admin", TokenPermissions.Read("crm"));

        await check.Should().ThrowAsync<InvalidOperationException>().WithMessage(message);
    }

    private static ServiceProvider Build(
        Action<TokenRefreshOptions>? configure = null, SwitchableStore? store = null, KeyValuePair<string, string?>[]? more = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("TokenPermissions:crm:Read:Roles", "support"),
            new("TokenPermissions:crm:Update:Roles:0", "operator"),
            new("TokenPermissions:crm:Update:Claims:department", "integration"),
            new("TokenPermissions:crm:Update:ServiceAccounts:0", "nightly"),
            new("TokenPermissions:crm:Seed:Roles:0", "keeper"),
            .. more ?? [],
        ]).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRouting();
        services.AddClientCredentials("crm", new FakeTokenEndpoint(), configure);
        if (store is not null)
        {
            services.AddKeyedSingleton<ISecretStore>("crm", store);
            services.AddKeyedSingleton<IRefreshLeaseProvider>("crm", store);
        }

        services.AddTokenPermissions(configuration.GetSection("TokenPermissions"));
        services.AddTokenPermissions(permissions =>
        {
            permissions.AddToken(TokenPermissionOptions.EveryToken, all =>
            {
                all.Update.Roles.Add("admin");
                all.Seed.Roles.Add("admin");
            });
        });
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    private static async Task<bool> MayAsync(ServiceProvider provider, string user, TokenPermission permission, TokenKey? resource = null)
    {
        var identity = new ClaimsIdentity(
            user.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('='))
                .Select(part => new Claim(part[0] == "role" ? ClaimTypes.Role : part[0], part[1])),
            "Test");
        await using var scope = provider.CreateAsyncScope();
        var authorization = scope.ServiceProvider.GetRequiredService<IAuthorizationService>();
        return (await authorization.AuthorizeAsync(new ClaimsPrincipal(identity), resource, permission)).Succeeded;
    }
}
