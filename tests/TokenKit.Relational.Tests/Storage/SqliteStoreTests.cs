using System.Text;

namespace TokenKit.Relational.Tests;

public sealed class SqliteStoreTests : IDisposable
{
    private static readonly SecretKey Key = new("Test", "crm") { Kind = SecretKind.TokenSet };
    private static readonly LeaseRequest AnyLease = new(TimeSpan.FromMinutes(1));

    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Of_sixteen_stores_on_one_file_one_gets_the_lease()
    {
        await _file.NewStore().CreateSchemaAsync();
        var stores = Enumerable.Range(0, 16).Select(_ => _file.NewStore()).ToArray();

        for (var round = 0; round < 5; round++)
        {
            var key = Key with { Subject = $"round {round}" };
            var answers = await Task.WhenAll(stores.Select(store => Task.Run(() => store.TryAcquireAsync(key, AnyLease).AsTask())));

            answers.Count(static answer => answer.Outcome is LeaseOutcome.Taken).Should().Be(1);
            answers.Count(static answer => answer.Outcome is LeaseOutcome.Held).Should().Be(15);
        }
    }

    [Fact]
    public async Task The_file_is_put_into_WAL_mode()
    {
        await _file.NewStore().GetAsync(Key);

        (await _file.ExecuteAsync("PRAGMA journal_mode")).Should().Be("wal");
    }

    [Fact]
    public async Task A_missing_table_says_which_script_to_run()
    {
        var store = _file.NewStore(new RelationalStoreOptions());

        var read = async () => await store.GetAsync(Key);

        var thrown = (await read.Should().ThrowAsync<RelationalStoreException>()).Which;
        thrown.Message.Should().Contain("tokenkit_secrets is missing").And.Contain("RelationalSchema.CreateScript").And.NotContain("no such table");
        thrown.IsTransient.Should().BeFalse();
        thrown.InnerException.Should().BeNull();
    }

    [Fact]
    public async Task A_table_of_something_else_says_which_script_to_run()
    {
        await _file.ExecuteAsync("CREATE TABLE tokenkit_secrets (id INTEGER, token TEXT)");
        var store = _file.NewStore(new RelationalStoreOptions());

        var write = async () => await store.SetAsync(Key, Write("value", SecretCondition.Any));

        (await write.Should().ThrowAsync<RelationalStoreException>()).Which.Message
            .Should().Contain("has not the columns").And.Contain("RelationalSchema.CreateScript");
    }

    [Fact]
    public async Task A_version_that_somebody_else_has_written_since_is_not_taken_for_ones_own()
    {
        // As if another's write had come between the two statements.
        var store = _file.NewStore();
        await store.CreateSchemaAsync();
        await _file.ExecuteAsync(
            """
            CREATE TRIGGER another AFTER UPDATE OF payload ON tokenkit_secrets WHEN NEW.write_id <> 'another'
            BEGIN UPDATE tokenkit_secrets SET version = version + 1, write_id = 'another' WHERE key_hash = NEW.key_hash; END
            """);

        var result = await store.SetAsync(Key, Write("value", SecretCondition.Any));

        result.Outcome.Should().Be(SecretWriteOutcome.Written);
        (await store.TryAcquireAsync(Key, AnyLease with { KnownVersion = result.Version })).Outcome.Should().Be(LeaseOutcome.Changed);
    }

    [Theory]
    [InlineData("written_at = 'yesterday'", "written_at")]
    [InlineData("written_at = 9000000000000000000", "written_at")]
    [InlineData("version = -1", "version")]
    [InlineData("payload = 'text'", "payload")]
    [InlineData("written_epoch = x'00'", "written_epoch")]
    public async Task A_column_that_somebody_has_changed_is_damage_with_the_key(string change, string column)
    {
        var store = _file.NewStore();
        await store.SetAsync(Key, Write("value", SecretCondition.Any));
        await _file.ExecuteAsync($"UPDATE tokenkit_secrets SET {change}");

        var read = async () => await store.GetAsync(Key);
        var acquire = async () => await store.TryAcquireAsync(Key, AnyLease);

        (await read.Should().ThrowAsync<SecretDamagedException>()).Which.Message.Should().Contain(Key.ToString()).And.Contain($"column {column} ");
        await acquire.Should().ThrowAsync<SecretDamagedException>();
        (await _file.ExecuteAsync("SELECT lease_epoch FROM tokenkit_secrets")).Should().Be(0L, "nobody holds the lease of what cannot be read");
    }

    [Fact]
    public async Task A_state_that_somebody_has_changed_is_damage_and_leaves_the_lease_free()
    {
        var store = _file.NewStore();
        await store.SetAsync(Key, Write("value", SecretCondition.Any));
        await _file.ExecuteAsync("UPDATE tokenkit_secrets SET status = '1; --'");

        var acquire = async () => await store.TryAcquireAsync(Key, AnyLease);

        (await acquire.Should().ThrowAsync<SecretDamagedException>()).Which.Message.Should().Contain("column status ").And.NotContain("--");
        (await _file.ExecuteAsync("SELECT lease_epoch FROM tokenkit_secrets")).Should().Be(0L);
    }

    [Fact]
    public async Task A_row_whose_texts_are_not_of_its_key_hides_no_other()
    {
        var store = _file.NewStore();
        await store.SetAsync(Key, Write("value", SecretCondition.Any));
        await store.SetAsync(Key with { Subject = "moved" }, Write("value", SecretCondition.Any));
        await _file.ExecuteAsync("UPDATE tokenkit_secrets SET subject = 'elsewhere' WHERE subject = 'moved'");

        var page = await store.ListAsync(new SecretQuery { Environment = Key.Environment, PageSize = 1 });
        var rest = page.Continuation is null ? [] : (await store.ListAsync(new SecretQuery { Environment = Key.Environment, Continuation = page.Continuation })).Secrets;

        page.Secrets.Concat(rest).Select(static listing => listing.Key).Should().Equal(Key);
    }

    [Fact]
    public async Task Another_writer_is_waited_for()
    {
        var store = _file.NewStore();
        await store.CreateSchemaAsync();
        await using var dataSource = _file.NewDataSource();
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "CREATE TABLE of_another (id INTEGER)";
        await command.ExecuteNonQueryAsync();

        var write = Task.Run(async () => await store.SetAsync(Key, Write("value", SecretCondition.Any)));
        (await store.GetAsync(Key)).Should().BeNull("readers wait for nobody");
        await transaction.CommitAsync();

        (await write).Outcome.Should().Be(SecretWriteOutcome.Written);
    }

    [Fact]
    public async Task A_table_may_stand_in_a_schema()
    {
        var store = _file.NewStore(new RelationalStoreOptions { Table = "main.of_its_own", CreateSchema = true });

        await store.SetAsync(Key, Write("value", SecretCondition.Any));

        (await _file.ExecuteAsync("SELECT count(*) FROM sqlite_master WHERE name IN ('of_its_own', 'of_its_own_due')")).Should().Be(2L);
    }

    [Fact]
    public async Task A_continuation_of_something_else_is_an_error()
    {
        var store = _file.NewStore();

        var list = async () => await store.ListAsync(new SecretQuery { Environment = "Test", Continuation = "1:' OR 1=1" });

        await list.Should().ThrowAsync<ArgumentException>();
    }

    private static SecretWrite Write(string value, SecretCondition condition) => new(Encoding.UTF8.GetBytes(value), condition);
}
