using Npgsql;

namespace TokenKit.PostgreSql.Tests;

[Collection(DatabaseCollection.Name)]
public sealed class PostgreSqlSchemaTests(TestDatabase database)
{
    private static readonly SecretKey Key = new("Test", "crm");

    [PostgreSqlFact]
    public async Task Eight_who_make_the_schema_at_once_all_succeed()
    {
        for (var round = 0; round < LongRun.Of(50, 5); round++)
        {
            var options = database.NewOptions();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                // A pool of its own, as another process has one.
                await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString + ";Application Name=" + Guid.NewGuid().ToString("N"));
                await new PostgreSqlSecretStore(dataSource, options, TestKeys.Protector()).CreateSchemaAsync();
            }));

            var tables = await database.QueryAsync<long>($"SELECT count(*) FROM pg_tables WHERE schemaname = '{options.Schema}'");
            tables.Should().Be(1);
        }
    }

    [PostgreSqlFact]
    public async Task A_role_with_the_granted_rights_can_do_everything_but_change_the_schema()
    {
        var options = database.NewOptions();
        var owner = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());
        await owner.CreateSchemaAsync();
        var role = options.Schema + " \"app\"";
        var quoted = "\"" + role.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        await database.ExecuteAsync($"CREATE ROLE {quoted} LOGIN PASSWORD 'for-tests'");
        try
        {
            await database.ExecuteAsync(PostgreSqlSchema.GrantScript(role, options));
            var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "for-tests" };
            await using var dataSource = NpgsqlDataSource.Create(connection.ConnectionString);
            var store = new PostgreSqlSecretStore(dataSource, options, TestKeys.Protector());

            // Also the creation at first use, since nothing is missing.
            var lease = (await store.TryTakeAsync(Key, TimeSpan.FromMinutes(1)))!;
            (await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1)))).Outcome.Should().Be(SecretWriteOutcome.Written);
            await lease.ReleaseAsync(RefreshState.Alive);
            (await store.GetAsync(Key)).Should().NotBeNull();
            (await store.RemoveAsync(Key, SecretCondition.Any)).Should().BeTrue();

            await using var delete = dataSource.CreateCommand($"DELETE FROM {options.Schema}.{options.Table}");
            var deletion = async () => await delete.ExecuteNonQueryAsync();
            (await deletion.Should().ThrowAsync<PostgresException>()).Which.SqlState.Should().Be("42501");
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {quoted}; DROP ROLE {quoted}");
        }
    }

    [PostgreSqlFact]
    public async Task A_missing_table_is_named_with_what_to_do()
    {
        var options = database.NewOptions();
        options.CreateSchema = false;
        var store = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());

        var read = async () => await store.GetAsync(Key);

        var failure = (await read.Should().ThrowAsync<PostgreSqlStoreException>()).Which;
        failure.Message.Should().Contain($"The table {options.Schema}.secrets is missing").And.Contain("CreateSchemaAsync").And.Contain("Test/crm");
        failure.IsTransient.Should().BeFalse();
        failure.SqlState.Should().Be("42P01");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("a b")]
    [InlineData("a\"; DROP TABLE x; --")]
    [InlineData("a'b")]
    [InlineData("$tokenkit$")]
    [InlineData("ä")]
    [InlineData("a.b")]
    [InlineData("x23456789_123456789_123456789_123456789_123456789_123456789_1234")]
    public void A_name_that_could_be_more_than_a_name_is_refused(string name)
    {
        var schema = () => PostgreSqlSchema.CreateScript(new PostgreSqlStoreOptions { Schema = name });
        var table = () => PostgreSqlSchema.CreateScript(new PostgreSqlStoreOptions { Table = name });

        schema.Should().Throw<ArgumentException>().WithMessage("*PostgreSqlStoreOptions.Schema*");
        table.Should().Throw<ArgumentException>().WithMessage("*PostgreSqlStoreOptions.Table*");
    }
}
