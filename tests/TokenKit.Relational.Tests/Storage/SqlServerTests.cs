using System.Globalization;
using Microsoft.Data.SqlClient;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using TokenKit.Testing;

namespace TokenKit.Relational.Tests;

/// <summary>Nobody has run this dialect: it is parsed, and keeps the contract where somebody names a server.</summary>
public sealed class SqlServerTests
{
    public static TheoryData<string> Statements =>
        [.. new StoreStatements(RelationalDialect.SqlServer, new RelationalStoreOptions { Table = "auth.secrets" }).All()];

    [Theory]
    [MemberData(nameof(Statements))]
    public void Every_statement_is_one_that_SQL_Server_2016_parses(string sql) => FaultsIn(sql).Should().BeEmpty();

    [Fact]
    public void Both_scripts_are_parsed()
    {
        FaultsIn(RelationalSchema.CreateScript(RelationalDialect.SqlServer)).Should().BeEmpty();
        FaultsIn(RelationalSchema.GrantScript(RelationalDialect.SqlServer, "my ]app")).Should().BeEmpty();
    }

    [Fact]
    public void What_is_no_statement_is_noticed() =>
        FaultsIn(RelationalSchema.CreateScript(RelationalDialect.MySql)).Should().NotBeEmpty("it is written for another server");

    private static IEnumerable<string> FaultsIn(string sql)
    {
        using var reader = new StringReader(sql);
        new TSql130Parser(initialQuotedIdentifiers: true).Parse(reader, out var faults);
        return faults.Select(fault => $"{fault.Line}:{fault.Column} {fault.Message}");
    }
}

/// <summary>The contract, on the server that <c>TOKENKIT_SQLSERVER</c> is the connection string of.</summary>
public sealed class SqlServerContractTests : SecretStoreContract
{
    private static int _tables;

    public static TheoryData<string> Names => [.. new SqlServerContractTests().Checks.Select(static check => check.Name)];

    [SqlServerTheory]
    [MemberData(nameof(Names))]
    public Task Keeps_the_contract_with_two_stores_on_one_table(string name) =>
        Checks.Single(check => check.Name == name).RunAsync();

    protected override async ValueTask<StoreUnderTest> OpenAsync()
    {
        var dataSource = SqlClientFactory.Instance.CreateDataSource(SqlServerTheoryAttribute.ConnectionString!);
        var options = new RelationalStoreOptions
        {
            Table = string.Create(CultureInfo.InvariantCulture, $"tokenkit_{Environment.ProcessId}_{Interlocked.Increment(ref _tables)}"),
        };
        var store = new RelationalSecretStore(dataSource, RelationalDialect.SqlServer, options);
        await store.CreateSchemaAsync();
        async Task ExecuteAsync(string sql)
        {
            await using var command = dataSource.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        return new StoreUnderTest
        {
            Store = store,
            Second = new RelationalSecretStore(dataSource, RelationalDialect.SqlServer, options),
            LoseLease = async _ => await ExecuteAsync($"UPDATE {options.Table} SET lease_until = 1 WHERE lease_epoch <> 0"),
            CleanUp = async () =>
            {
                await ExecuteAsync($"DROP TABLE {options.Table}");
                await dataSource.DisposeAsync();
            },
        };
    }
}

/// <summary>A test against a SQL Server that somebody names.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlServerTheoryAttribute : TheoryAttribute
{
    public SqlServerTheoryAttribute()
    {
        if (ConnectionString is null)
        {
            Skip = "No SQL Server: TOKENKIT_SQLSERVER is not set to a connection string.";
        }
    }

    public static string? ConnectionString => Environment.GetEnvironmentVariable("TOKENKIT_SQLSERVER");
}
