using MySqlConnector;

namespace TokenKit.Relational.Tests;

[Collection(MariaDbCollection.Name)]
public sealed class MariaDbStoreTests(MariaDb database)
{
    private static readonly SecretKey Key = new("Test", "crm") { Kind = SecretKind.TokenSet };

    [MariaDbFact]
    public async Task A_missing_table_says_which_script_to_run()
    {
        var store = new RelationalSecretStore(database.DataSource, RelationalDialect.MySql, new RelationalStoreOptions { Table = "nowhere" });

        var read = async () => await store.GetAsync(Key);

        var thrown = (await read.Should().ThrowAsync<RelationalStoreException>()).Which;
        thrown.Message.Should().Contain("table nowhere is missing").And.Contain("RelationalSchema.CreateScript").And.NotContain("doesn't exist");
        (thrown.ErrorNumber, thrown.IsTransient).Should().Be((1146, false));
    }

    [MariaDbFact]
    public async Task A_table_of_something_else_says_which_script_to_run()
    {
        await database.ExecuteAsync("CREATE TABLE of_another (id INT)");
        var store = new RelationalSecretStore(database.DataSource, RelationalDialect.MySql, new RelationalStoreOptions { Table = "of_another" });

        var read = async () => await store.GetAsync(Key);

        (await read.Should().ThrowAsync<RelationalStoreException>()).Which.Message.Should().Contain("has not the columns");
    }

    [MariaDbFact]
    public async Task A_user_with_the_rights_of_the_script_can_do_everything_but_make_the_table()
    {
        var options = database.NewOptions();
        await database.ExecuteAsync(RelationalSchema.CreateScript(RelationalDialect.MySql, options));
        await database.ExecuteAsync("CREATE USER 'least'@'127.0.0.1' IDENTIFIED BY 'for tests'");
        await database.ExecuteAsync(RelationalSchema.GrantScript(RelationalDialect.MySql, "least@127.0.0.1", options));
        await using var dataSource = new MySqlDataSource(
            new MySqlConnectionStringBuilder(database.Server.ConnectionString) { UserID = "least", Password = "for tests" }.ConnectionString);
        options.CreateSchema = false;
        var store = new RelationalSecretStore(dataSource, RelationalDialect.MySql, options);

        var lease = (await store.TryAcquireAsync(Key, new LeaseRequest(TimeSpan.FromMinutes(1)))).Lease!;
        await lease.WriteAsync(new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1)), RefreshState.Alive);
        (await store.ListAsync(new SecretQuery { Environment = "Test" })).Secrets.Should().ContainSingle();
        (await store.RemoveAsync(Key, SecretCondition.Any)).Should().BeTrue();
        var elsewhere = new RelationalSecretStore(dataSource, RelationalDialect.MySql, database.NewOptions());
        var create = async () => await elsewhere.CreateSchemaAsync();

        (await create.Should().ThrowAsync<RelationalStoreException>()).Which.Message.Should().Contain("GrantScript");
    }

    [MariaDbFact]
    public async Task An_hour_that_comes_twice_in_the_zone_of_a_session_is_not_seen()
    {
        var clock = RelationalDialect.MySql.Texts.Clock;

        // The last second of summer time in Berlin, and the first of winter time, which the clock on the wall shows an hour earlier.
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var command = new MySqlCommand(
            $"SET time_zone = '+02:00', timestamp = 1793494799; SELECT {clock}; SET time_zone = '+01:00', timestamp = 1793494800; SELECT {clock};", connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var summer = reader.GetInt64(0);
        await reader.NextResultAsync();
        await reader.ReadAsync();

        (reader.GetInt64(0) - summer).Should().Be(1_000_000);
    }

    [MariaDbFact]
    public async Task A_row_that_another_transaction_holds_is_waited_for()
    {
        var options = database.NewOptions();
        var store = new RelationalSecretStore(database.DataSource, RelationalDialect.MySql, options);
        await store.SetAsync(Key, new SecretWrite("before"u8.ToArray(), SecretCondition.Any));
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new MySqlCommand($"UPDATE {options.Table} SET fail_count = 1", connection, transaction);
        await command.ExecuteNonQueryAsync();

        var write = store.SetAsync(Key, new SecretWrite("after"u8.ToArray(), SecretCondition.Any)).AsTask();
        (await store.GetAsync(Key))!.Value.ToArray().Should().Equal("before"u8.ToArray(), "readers wait for nobody");
        await transaction.CommitAsync();

        (await write).Outcome.Should().Be(SecretWriteOutcome.Written);
    }
}
