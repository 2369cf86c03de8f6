using TokenKit.Testing;

namespace TokenKit.Relational.Tests;

public sealed class SqliteContractTests : SecretStoreContract
{
    public static TheoryData<string> Names => [.. new SqliteContractTests().Checks.Select(static check => check.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract_with_two_stores_on_one_file(string name) =>
        Checks.Single(check => check.Name == name).RunAsync();

    protected override async ValueTask<StoreUnderTest> OpenAsync()
    {
        var file = new SqliteFile();
        var store = file.NewStore();
        await store.CreateSchemaAsync();
        return new StoreUnderTest
        {
            Store = store,
            Second = file.NewStore(),
            LoseLease = async _ => await file.ExecuteAsync("UPDATE tokenkit_secrets SET lease_until = 1 WHERE lease_epoch <> 0"),
            CleanUp = () =>
            {
                file.Dispose();
                return ValueTask.CompletedTask;
            },
        };
    }
}
