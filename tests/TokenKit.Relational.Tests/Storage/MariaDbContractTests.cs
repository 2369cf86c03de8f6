using TokenKit.Testing;

namespace TokenKit.Relational.Tests;

[Collection(MariaDbCollection.Name)]
public sealed class MariaDbContractTests(MariaDb database) : SecretStoreContract
{
    public static TheoryData<string> Names => [.. new MariaDbContractTests(null!).Checks.Select(static check => check.Name)];

    [MariaDbTheory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract_with_two_stores_on_one_table(string name) =>
        Checks.Single(check => check.Name == name).RunAsync();

    protected override async ValueTask<StoreUnderTest> OpenAsync()
    {
        var options = database.NewOptions();
        var store = new RelationalSecretStore(database.DataSource, RelationalDialect.MySql, options);
        await store.CreateSchemaAsync();
        return new StoreUnderTest
        {
            Store = store,
            Second = new RelationalSecretStore(database.DataSource, RelationalDialect.MySql, options),
            LoseLease = async _ => await database.ExecuteAsync($"UPDATE {options.Table} SET lease_until = 1 WHERE lease_epoch <> 0"),
            CleanUp = async () => await database.ExecuteAsync($"DROP TABLE {options.Table}"),
        };
    }
}
