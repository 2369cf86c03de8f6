using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TokenKit.Relational.Tests;

/// <summary>The code of the package's README and of docs/stores.md, executed.</summary>
public sealed class DocumentExamples : IDisposable
{
    private static readonly SecretKey Key = new("Test", "a");

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Tokens_are_kept_in_the_data_source_that_is_registered()
    {
        var connectionString = _file.ConnectionString;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("TokenKeys:Current", TestKeys.Key)]);

        // begin-snippet: relational-readme
        builder.Services.AddSingleton<DbDataSource>(_ => SqliteFactory.Instance.CreateDataSource(connectionString));
        builder.Services.AddTokenRefresh("crm", builder.Configuration.GetSection("TokenRefresh:crm"))
            .UseRelational(RelationalDialect.Sqlite, static options => options.CreateSchema = true)
            .UseAesGcm(builder.Configuration["TokenKeys:Current"]!);
        // end-snippet
        await using var provider = builder.Services.BuildServiceProvider();
        await ProveAsync(provider);
    }

    [Fact]
    public async Task Tokens_are_kept_in_a_data_source_of_the_caller_and_the_table_is_made_by_call()
    {
        await using var dataSource = _file.NewDataSource();
        var services = new ServiceCollection().AddLogging();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("TokenKeys:Current", TestKeys.Key)]).Build();
        services.AddSingleton<IConfiguration>(configuration);

        // begin-snippet: stores-relational
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
            .UseRelational(dataSource, RelationalDialect.Sqlite)
            .UseAesGcmFromConfiguration("TokenKeys:Current");
        // end-snippet
        await using var provider = services.BuildServiceProvider();

        // begin-snippet: stores-relational-schema
        var script = RelationalSchema.CreateScript(RelationalDialect.MySql);                   // does nothing where the table is there
        var grants = RelationalSchema.GrantScript(RelationalDialect.MySql, "my_app@10.0.0.%"); // SELECT, INSERT, UPDATE

        await provider.GetRequiredKeyedService<RelationalSecretStore>("crm").CreateSchemaAsync();   // or from the program
        // end-snippet
        script.Should().Contain("`tokenkit_secrets`");
        grants.Should().Contain("TO 'my_app'@'10.0.0.%'").And.NotContain("DELETE");
        await ProveAsync(provider);
    }

    private static async Task ProveAsync(IServiceProvider provider)
    {
        var store = provider.GetRequiredKeyedService<ISecretStore>("crm");
        (await store.SetAsync(Key, new SecretWrite("kept"u8.ToArray(), SecretCondition.Absent))).Outcome.Should().Be(SecretWriteOutcome.Written);
        (await store.GetAsync(Key))!.Value.ToArray().Should().Equal("kept"u8.ToArray());
    }
}
