using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TokenKit.Redis.Tests;

/// <summary>The registration; there is no server here.</summary>
public sealed class UseRedisTests : IAsyncLifetime
{
    private readonly ServiceCollection _services = [];
    private ConnectionMultiplexer _redis = null!;
    private ConnectionMultiplexer _other = null!;

    public async Task InitializeAsync() => (_redis, _other) = (await ConnectAsync(1), await ConnectAsync(2));

    public async Task DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public void Store_and_lease_are_one_object_that_seals()
    {
        Builder("crm").UseRedis(_redis).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        var store = StoreOf(provider, "crm").Should().BeOfType<SealedSecretStore>().Subject;
        store.Inner.Should().BeOfType<RedisSecretStore>();
        provider.GetRequiredKeyedService<IRefreshLeaseProvider>("crm").Should().BeSameAs(store);
    }

    [Fact]
    public void Registrations_on_one_prefix_share_one_store_and_others_do_not()
    {
        Builder("crm").UseRedis(_redis).UseAesGcm(TestKeys.Key);
        Builder("erp").UseRedis(_redis).UseAesGcm(TestKeys.Key);
        Builder("prefix").UseRedis(_redis, static options => options.KeyPrefix = "other").UseAesGcm(TestKeys.Key);
        Builder("server").UseRedis(_other).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        string[] names = ["crm", "erp", "prefix", "server"];
        InnerOf(provider, "erp").Should().BeSameAs(InnerOf(provider, "crm"));
        names.Select(name => InnerOf(provider, name)).Distinct().Should().HaveCount(3);
    }

    [Fact]
    public void Registrations_that_share_a_protector_share_the_store_that_seals()
    {
        _services.AddSingleton<ISecretProtector>(TestKeys.Protector());
        Builder("crm").UseRedis(_redis);
        Builder("erp").UseRedis(_redis);
        using var provider = Build();

        StoreOf(provider, "erp").Should().BeSameAs(StoreOf(provider, "crm"));
    }

    [Fact]
    public void The_registered_connection_is_used_with_a_service_key_or_without()
    {
        _services.AddSingleton<IConnectionMultiplexer>(_redis);
        _services.AddKeyedSingleton<IConnectionMultiplexer>("tokens", _other);
        Builder("crm").UseRedis().UseAesGcm(TestKeys.Key);
        Builder("same").UseRedis(_redis).UseAesGcm(TestKeys.Key);
        Builder("keyed").UseRedis(serviceKey: "tokens").UseAesGcm(TestKeys.Key);
        using var provider = Build();

        InnerOf(provider, "crm").Should().BeSameAs(InnerOf(provider, "same")).And.NotBeSameAs(InnerOf(provider, "keyed"));
    }

    [Fact]
    public void A_connection_or_a_protector_that_is_missing_is_named()
    {
        Builder("crm").UseRedis(serviceKey: "tokens").UseAesGcm(TestKeys.Key);
        Builder("erp").UseRedis(_redis);
        using var provider = Build();

        var withoutConnection = () => StoreOf(provider, "crm");
        var withoutKeys = () => StoreOf(provider, "erp");

        withoutConnection.Should().Throw<InvalidOperationException>().WithMessage("*'crm'*IConnectionMultiplexer*");
        withoutKeys.Should().Throw<InvalidOperationException>().WithMessage("*'erp'*UseAesGcm*");
    }

    [Fact]
    public void Options_that_cannot_work_stop_the_start_and_are_all_named()
    {
        Builder("crm").UseRedis(_redis, static options => (options.KeyPrefix, options.WaitForReplicas, options.WaitTimeout) = ("a{b}", -1, TimeSpan.Zero))
            .UseAesGcm(TestKeys.Key);
        using var provider = Build();

        var start = () => provider.GetRequiredService<IStartupValidator>().Validate();

        start.Should().Throw<OptionsValidationException>().WithMessage("*'crm'*KeyPrefix*WaitForReplicas*WaitTimeout*");
    }

    [Fact]
    public void The_last_choice_of_a_store_counts()
    {
        Builder("crm").UseRedis(_redis).UseAesGcm(TestKeys.Key).UseInMemoryStore();
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeOfType<InMemorySecretStore>();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_trouble_that_passes_and_says_what_to_do()
    {
        var store = new RedisSecretStore(_redis, new RedisStoreOptions());

        var read = async () => await store.GetAsync(new SecretKey("Test", "crm"));

        var failure = (await read.Should().ThrowAsync<RedisStoreException>()).Which;
        (failure.IsTransient, failure.IsOutcomeUnknown).Should().Be((true, false));
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(int port) => ConnectionMultiplexer.ConnectAsync(
        new ConfigurationOptions { EndPoints = { { "127.0.0.1", port } }, AbortOnConnectFail = false, ConnectTimeout = 200, AsyncTimeout = 300, BacklogPolicy = BacklogPolicy.FailFast });

    private static ISecretStore StoreOf(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<ISecretStore>(name);

    private static ISecretStore InnerOf(IServiceProvider provider, string name) => ((SealedSecretStore)StoreOf(provider, name)).Inner;

    private ITokenRefreshBuilder Builder(string name) => _services.AddTokenRefresh(name, static token =>
    {
        token.TokenEndpoint = "https://login.example.com/token";
        token.Grant = TokenGrants.ClientCredentials;
        token.Client.Id = "my-app";
        token.Client.Secret = "for-tests";
    });

    private ServiceProvider Build() => _services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
}
