using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

[Collection(DatabaseCollection.Name)]
public sealed class PostgreSqlSecretStoreContractTests(TestDatabase database) : SecretStoreContract
{
    public static TheoryData<string> Names => [.. new PostgreSqlSecretStoreContractTests(null!).Checks.Select(static check => check.Name)];

    [PostgreSqlTheory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract_with_two_stores_on_one_table(string name) =>
        Checks.Single(check => check.Name == name).RunAsync();

    protected override async ValueTask<StoreUnderTest> OpenAsync()
    {
        var options = database.NewOptions();
        var store = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());
        await store.CreateSchemaAsync();
        return new StoreUnderTest
        {
            Store = store,
            Second = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector()),
            LoseLease = async _ => await database.ExecuteAsync(
                $"UPDATE {options.Schema}.{options.Table} SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_epoch <> 0"),
            CleanUp = async () => await database.ExecuteAsync($"DROP SCHEMA {options.Schema} CASCADE"),
        };
    }
}
