using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Work;

namespace TokenKit.PostgreSql.Tests;

/// <summary>The registration; there is no server here.</summary>
public sealed class UsePostgreSqlTests : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");
    private readonly NpgsqlDataSource _other = NpgsqlDataSource.Create("Host=127.0.0.1;Port=2");
    private readonly ServiceCollection _services = [];

    public async ValueTask DisposeAsync()
    {
        await _dataSource.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public void Store_lease_and_the_store_by_its_type_are_one_object()
    {
        Builder("crm").UsePostgreSql(_dataSource).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        var store = StoreOf(provider, "crm").Should().BeOfType<PostgreSqlSecretStore>().Subject;
        provider.GetRequiredKeyedService<IRefreshLeaseProvider>("crm").Should().BeSameAs(store);
        provider.GetRequiredKeyedService<PostgreSqlSecretStore>("crm").Should().BeSameAs(store);
    }

    [Fact]
    public void Registrations_on_one_table_share_one_store_and_others_do_not()
    {
        Builder("crm").UsePostgreSql(_dataSource).UseAesGcm(TestKeys.Key);
        Builder("erp").UsePostgreSql(_dataSource).UseAesGcm(TestKeys.Key);
        Builder("table").UsePostgreSql(_dataSource, options => options.Table = "other").UseAesGcm(TestKeys.Key);
        Builder("server").UsePostgreSql(_other).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        string[] names = ["crm", "erp", "table", "server"];
        StoreOf(provider, "erp").Should().BeSameAs(StoreOf(provider, "crm"));
        names.Select(name => StoreOf(provider, name)).Distinct().Should().HaveCount(3);
    }

    [Fact]
    public void Registrations_on_one_table_with_different_keys_are_refused()
    {
        Builder("crm").UsePostgreSql(_dataSource).UseAesGcm(TestKeys.Key);
        Builder("erp").UsePostgreSql(_dataSource).UseAesGcm(TestKeys.OtherKey);
        using var provider = Build();
        StoreOf(provider, "crm");

        var open = () => StoreOf(provider, "erp");

        open.Should().Throw<InvalidOperationException>().WithMessage("*'crm' and 'erp'*different keys*");
    }

    [Fact]
    public void The_registered_data_source_is_used_with_a_service_key_or_without()
    {
        _services.AddSingleton(_dataSource);
        _services.AddKeyedSingleton("tokens", _other);
        Builder("crm").UsePostgreSql().UseAesGcm(TestKeys.Key);
        Builder("same").UsePostgreSql(_dataSource).UseAesGcm(TestKeys.Key);
        Builder("keyed").UsePostgreSql(serviceKey: "tokens").UseAesGcm(TestKeys.Key);
        Builder("handed").UsePostgreSql(_other).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeSameAs(StoreOf(provider, "same")).And.NotBeSameAs(StoreOf(provider, "keyed"));
        StoreOf(provider, "keyed").Should().BeSameAs(StoreOf(provider, "handed"));
    }

    [Fact]
    public void A_data_source_or_a_protector_that_is_missing_is_named()
    {
        Builder("crm").UsePostgreSql(serviceKey: "tokens").UseAesGcm(TestKeys.Key);
        Builder("erp").UsePostgreSql(_dataSource);
        using var provider = Build();

        var withoutSource = () => StoreOf(provider, "crm");
        var withoutKeys = () => StoreOf(provider, "erp");

        withoutSource.Should().Throw<InvalidOperationException>().WithMessage("*'crm'*NpgsqlDataSource*");
        withoutKeys.Should().Throw<InvalidOperationException>().WithMessage("*'erp'*UseAesGcm*");
    }

    [Fact]
    public void Options_that_cannot_work_stop_the_start_and_are_all_named()
    {
        Builder("crm").UsePostgreSql(_dataSource, options =>
        {
            options.Schema = "a b";
            options.CommandTimeout = TimeSpan.Zero;
        }).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        var start = () => provider.GetRequiredService<IStartupValidator>().Validate();

        start.Should().Throw<OptionsValidationException>().WithMessage("*'crm'*PostgreSqlStoreOptions.Schema*CommandTimeout*");
    }

    [Fact]
    public void The_last_choice_of_a_store_counts()
    {
        Builder("crm").UsePostgreSql(_dataSource).UseAesGcm(TestKeys.Key).UseInMemoryStore();
        Builder("erp").UseInMemoryStore().UsePostgreSql(_dataSource).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeOfType<InMemorySecretStore>();
        StoreOf(provider, "erp").Should().BeOfType<PostgreSqlSecretStore>();
        provider.GetKeyedService<InMemoryStoreIsIntended>("erp").Should().BeNull();
        var byType = () => provider.GetRequiredKeyedService<PostgreSqlSecretStore>("crm");
        byType.Should().Throw<InvalidOperationException>().WithMessage("*another store after UsePostgreSql*");
    }

    [Fact]
    public async Task Changes_are_listened_for_by_the_registered_clock_and_spawner()
    {
        var (time, spawner) = (new ManualTimeProvider(), new Spawner());
        _services.AddSingleton<TimeProvider>(time);
        _services.AddSingleton<IWorkSpawner>(spawner);
        Builder("crm").UsePostgreSql(_dataSource, static options => options.NotifyChanges = true).UseAesGcm(TestKeys.Key);
        using var provider = Build();
        var subscription = StoreOf(provider, "crm").Should().BeAssignableTo<ISecretChanges>().Subject.Subscribe(static _ => { });
        spawner.Waiting.Should().ContainSingle("nothing begins to run behind its back");

        var listening = spawner.Waiting.Dequeue()();

        // No server answers, and the pause before the next try is by this clock.
        await time.WaitForTimersAsync(1);
        subscription.Dispose();
        await listening.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static ISecretStore StoreOf(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<ISecretStore>(name);

    private ITokenRefreshBuilder Builder(string name) => _services.AddTokenRefresh(name, static token =>
    {
        token.TokenEndpoint = "https://login.example.com/token";
        token.Grant = TokenGrants.ClientCredentials;
        token.Client.Id = "my-app";
        token.Client.Secret = "for-tests";
    });

    private ServiceProvider Build() => _services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });

    private sealed class Spawner : IWorkSpawner
    {
        public TaskCreationOptions CompletionOptions => TaskCreationOptions.RunContinuationsAsynchronously;

        public Queue<Func<Task>> Waiting { get; } = [];

        public void Start<TState>(Func<TState, Task> work, TState state) => Waiting.Enqueue(() => work(state));
    }
}
