using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace TokenKit.PostgreSql.Tests;

/// <summary>The code of the package's README and of docs/stores.md, executed.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class DocumentExamples(TestDatabase database)
{
    private static readonly SecretKey Key = new("Test", "a");

    [PostgreSqlFact]
    public async Task Tokens_are_kept_in_the_data_source_that_is_registered()
    {
        var connectionString = database.ConnectionString;
        var options = database.NewOptions();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("TokenKeys:Current", TestKeys.Key)]);

        // begin-snippet: postgresql-readme
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
        builder.Services.AddTokenRefresh("crm", builder.Configuration.GetSection("TokenRefresh:crm"))
            .UsePostgreSql()
            .UseAesGcm(builder.Configuration["TokenKeys:Current"]!);
        // end-snippet
        Place(builder.Services, options);

        await using var provider = builder.Services.BuildServiceProvider();
        await ProveAsync(provider);
    }

    [PostgreSqlFact]
    public async Task Tokens_are_kept_in_a_data_source_of_the_caller_and_the_table_is_made_by_call()
    {
        var dataSource = database.DataSource;
        var place = database.NewOptions();
        place.CreateSchema = false;
        var services = new ServiceCollection().AddLogging();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("TokenKeys:Current", TestKeys.Key)]).Build();

        services.AddSingleton<IConfiguration>(configuration);

        // begin-snippet: stores-postgresql
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"))
            .UsePostgreSql(dataSource)
            .UseAesGcmFromConfiguration("TokenKeys:Current");
        // end-snippet
        Place(services, place);

        await using var provider = services.BuildServiceProvider();

        // begin-snippet: stores-postgresql-schema
        var script = PostgreSqlSchema.CreateScript();         // one statement; any number of processes may run it at once
        var grants = PostgreSqlSchema.GrantScript("my_app");  // USAGE; SELECT, INSERT, UPDATE

        await provider.GetRequiredKeyedService<PostgreSqlSecretStore>("crm").CreateSchemaAsync();   // or from the program
        // end-snippet
        script.Should().Contain("\"tokenkit\".\"secrets\"");
        grants.Should().Contain("TO \"my_app\"").And.NotContain("DELETE");
        await ProveAsync(provider);
    }

    // The examples show the defaults; the test keeps to a schema of its own.
    private static void Place(IServiceCollection services, PostgreSqlStoreOptions place) =>
        services.Configure<PostgreSqlStoreOptions>("crm", options => (options.Schema, options.CreateSchema) = (place.Schema, place.CreateSchema));

    private static async Task ProveAsync(IServiceProvider provider)
    {
        var store = provider.GetRequiredKeyedService<ISecretStore>("crm");
        (await store.SetAsync(Key, new SecretWrite("kept"u8.ToArray(), SecretCondition.Absent))).Outcome.Should().Be(SecretWriteOutcome.Written);
        (await store.GetAsync(Key))!.Value.ToArray().Should().Equal("kept"u8.ToArray());
    }
}
