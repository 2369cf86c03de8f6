using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace TokenKit.Relational.Tests;

/// <summary>The registration; nothing is opened here.</summary>
public sealed class UseRelationalTests : IAsyncDisposable
{
    private readonly DbDataSource _dataSource = SqliteFactory.Instance.CreateDataSource("Data Source=nowhere.db");
    private readonly DbDataSource _other = SqliteFactory.Instance.CreateDataSource("Data Source=elsewhere.db");
    private readonly ServiceCollection _services = [];

    public async ValueTask DisposeAsync()
    {
        await _dataSource.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public void Store_and_lease_are_one_sealed_object_around_the_store_by_its_type()
    {
        Builder("crm").UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        var store = StoreOf(provider, "crm").Should().BeOfType<SealedSecretStore>().Subject;
        provider.GetRequiredKeyedService<IRefreshLeaseProvider>("crm").Should().BeSameAs(store);
        provider.GetRequiredKeyedService<RelationalSecretStore>("crm").Should().BeSameAs(store.Inner);
    }

    [Fact]
    public void Registrations_on_one_table_share_one_store_and_others_do_not()
    {
        Builder("crm").UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        Builder("erp").UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        Builder("table").UseRelational(_dataSource, RelationalDialect.Sqlite, static options => options.Table = "other").UseAesGcm(TestKeys.Key);
        Builder("file").UseRelational(_other, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        string[] names = ["crm", "erp", "table", "file"];
        StoreOf(provider, "erp").Should().BeSameAs(StoreOf(provider, "crm"));
        names.Select(name => StoreOf(provider, name)).Distinct().Should().HaveCount(3);
    }

    [Fact]
    public void Registrations_on_one_table_with_different_keys_are_refused()
    {
        Builder("crm").UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        Builder("erp").UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.OtherKey);
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
        Builder("crm").UseRelational(RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        Builder("same").UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        Builder("keyed").UseRelational(RelationalDialect.Sqlite, serviceKey: "tokens").UseAesGcm(TestKeys.Key);
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeSameAs(StoreOf(provider, "same")).And.NotBeSameAs(StoreOf(provider, "keyed"));
    }

    [Fact]
    public void A_data_source_or_a_protector_that_is_missing_is_named()
    {
        Builder("crm").UseRelational(RelationalDialect.Sqlite, serviceKey: "tokens").UseAesGcm(TestKeys.Key);
        Builder("erp").UseRelational(_dataSource, RelationalDialect.Sqlite);
        using var provider = Build();

        var withoutSource = () => StoreOf(provider, "crm");
        var withoutKeys = () => StoreOf(provider, "erp");

        withoutSource.Should().Throw<InvalidOperationException>().WithMessage("*'crm'*DbDataSource*");
        withoutKeys.Should().Throw<InvalidOperationException>().WithMessage("*'erp'*UseAesGcm*");
    }

    [Fact]
    public void Options_that_cannot_work_stop_the_start_and_are_all_named()
    {
        Builder("crm").UseRelational(
            _dataSource,
            RelationalDialect.Sqlite,
            static options => (options.Table, options.CommandTimeout) = ("a; DROP TABLE b", TimeSpan.Zero)).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        var start = () => provider.GetRequiredService<IStartupValidator>().Validate();

        start.Should().Throw<OptionsValidationException>().WithMessage("*'crm'*RelationalStoreOptions.Table*CommandTimeout*");
    }

    [Fact]
    public void The_last_choice_of_a_store_counts()
    {
        Builder("crm").UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key).UseInMemoryStore();
        Builder("erp").UseInMemoryStore().UseRelational(_dataSource, RelationalDialect.Sqlite).UseAesGcm(TestKeys.Key);
        using var provider = Build();

        StoreOf(provider, "crm").Should().BeOfType<InMemorySecretStore>();
        StoreOf(provider, "erp").Should().BeOfType<SealedSecretStore>();
        var byType = () => provider.GetRequiredKeyedService<RelationalSecretStore>("crm");
        byType.Should().Throw<InvalidOperationException>().WithMessage("*another store after UseRelational*");
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
}
