using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using TokenKit.PrivatePostgreSql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

[Collection(DatabaseCollection.Name)]
public sealed class PostgreSqlSecretStoreTests(TestDatabase database)
{
    private static readonly SecretKey Key = new("Test", "crm");
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(45);

    [PostgreSqlFact]
    public async Task Every_bit_of_a_stored_value_matters()
    {
        var (store, options) = await OpenAsync();
        await store.SetAsync(Key, new SecretWrite("v"u8.ToArray(), SecretCondition.WrittenBefore(1, 1)));
        var size = await database.QueryAsync<int>($"SELECT length(payload) FROM {Table(options)}");

        for (var bit = 0; bit < size * 8; bit++)
        {
            await database.ExecuteAsync($"UPDATE {Table(options)} SET payload = set_bit(payload, {bit}, 1 - get_bit(payload, {bit}))");
            await DamagedAsync(store, Key);
            await database.ExecuteAsync($"UPDATE {Table(options)} SET payload = set_bit(payload, {bit}, 1 - get_bit(payload, {bit}))");
        }

        (await store.GetAsync(Key))!.Value.ToArray().Should().Equal("v"u8.ToArray());
    }

    [PostgreSqlFact]
    public async Task A_value_under_another_key_or_epoch_or_cut_short_does_not_open()
    {
        var (store, options) = await OpenAsync();
        var other = new SecretKey("Test", "other");
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(5, 1)));
        await store.SetAsync(other, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(5, 1)));

        await database.ExecuteAsync($"UPDATE {Table(options)} SET payload_epoch = 6 WHERE name = 'crm'");
        await DamagedAsync(store, Key);
        await database.ExecuteAsync($"UPDATE {Table(options)} SET payload_epoch = 5, payload_seq = 2 WHERE name = 'crm'");
        await DamagedAsync(store, Key);
        await database.ExecuteAsync(
            $"UPDATE {Table(options)} SET payload_seq = 1, payload = (SELECT payload FROM {Table(options)} WHERE name = 'other') WHERE name = 'crm'");
        await DamagedAsync(store, Key);
        await database.ExecuteAsync($"UPDATE {Table(options)} SET payload = substring(payload FROM 1 FOR length(payload) - 1) WHERE name = 'other'");
        await DamagedAsync(store, other);
        await database.ExecuteAsync($"UPDATE {Table(options)} SET payload = '' WHERE name = 'other'");
        await DamagedAsync(store, other);
    }

    [PostgreSqlFact]
    public async Task A_value_that_was_moved_to_the_other_kind_of_its_name_does_not_open()
    {
        var (store, options) = await OpenAsync();
        var set = Key with { Kind = SecretKind.TokenSet };
        await store.SetAsync(Key, new SecretWrite("a password"u8.ToArray(), SecretCondition.WrittenBefore(5, 1)));
        await store.SetAsync(set, new SecretWrite("tokens"u8.ToArray(), SecretCondition.WrittenBefore(5, 1)));
        (await database.QueryAsync<string>($"SELECT string_agg(kind, ', ' ORDER BY kind) FROM {Table(options)}")).Should().Be("secret, token set");

        await database.ExecuteAsync(
            $"UPDATE {Table(options)} SET payload = (SELECT payload FROM {Table(options)} WHERE kind = 'secret') WHERE kind = 'token set'");
        await DamagedAsync(store, set);

        // Nor does a row that is renamed: its hash finds it under the old key, and the seal names that.
        await database.ExecuteAsync($"DELETE FROM {Table(options)} WHERE kind = 'token set'; UPDATE {Table(options)} SET kind = 'token set'");
        (await store.GetAsync(set)).Should().BeNull();
        (await store.GetAsync(Key)).Should().NotBeNull();
        var reseal = async () => await new PostgreSqlSecretStore(
            database.DataSource, options, TestKeys.Protector(TestKeys.OtherKey, TestKeys.Key)).ReencryptAsync();
        await reseal.Should().ThrowAsync<SecretDamagedException>();
    }

    [PostgreSqlFact]
    public async Task A_store_without_the_key_says_so_and_one_with_both_reads()
    {
        var (store, options) = await OpenAsync();
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        await DamagedAsync(new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector(TestKeys.OtherKey)), Key);
        var both = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector(TestKeys.OtherKey, TestKeys.Key));
        (await both.GetAsync(Key))!.Value.ToArray().Should().Equal("value"u8.ToArray());
    }

    [PostgreSqlFact]
    public async Task A_lease_runs_out_by_the_clock_of_the_database()
    {
        var (store, _) = await OpenAsync();
        var lease = (await store.TryTakeAsync(Key, TimeSpan.FromMilliseconds(1)))!;

        RefreshLease? taken = null;
        await Signals.WaitAsync(async () => (taken = await store.TryTakeAsync(Key, LeaseTime)) is not null, "the lease runs out");

        (taken!.IsTakeover, taken.Epoch).Should().Be((true, lease.Epoch + 1));
        (await lease.RenewAsync(LeaseTime)).IsHeld.Should().BeFalse();
    }

    [PostgreSqlFact]
    public async Task A_lease_says_when_it_was_given_out_by_the_clock_of_the_database()
    {
        var (store, _) = await OpenAsync();
        var before = await database.QueryAsync<DateTime>("SELECT clock_timestamp()");

        var lease = (await store.TryTakeAsync(Key, LeaseTime))!;

        var after = await database.QueryAsync<DateTime>("SELECT clock_timestamp()");
        lease.GrantedAt.Should().BeOnOrAfter(before).And.BeOnOrBefore(after);
    }

    [PostgreSqlFact]
    public async Task What_is_left_of_a_wait_is_counted_by_the_database()
    {
        var (store, options) = await OpenAsync();
        var lease = (await store.TryTakeAsync(Key, LeaseTime))!;
        await lease.ReleaseAsync(new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.Throttled, NotBefore = TimeSpan.FromMinutes(10), Failures = 3 });
        await database.ExecuteAsync($"UPDATE {Table(options)} SET not_before = not_before - interval '4 minutes'");

        var next = (await store.TryTakeAsync(Key, LeaseTime))!;

        next.State.NotBefore.Should().BeCloseTo(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(1)).And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(6));
        next.State.Reason.Should().Be(RefreshFailureReason.Throttled);
        next.State.Failures.Should().Be(3);
    }

    [PostgreSqlFact]
    public async Task A_wait_without_an_end_is_kept_as_a_long_one()
    {
        var (store, _) = await OpenAsync();
        var lease = (await store.TryTakeAsync(Key, LeaseTime))!;
        await lease.ReleaseAsync(new RefreshState { Status = GrantStatus.Dead, Reason = RefreshFailureReason.ReauthorizationRequired, NotBefore = TimeSpan.MaxValue, Failures = 1, DeadGrant = "0123abcd" });

        (await store.TryTakeAsync(Key, LeaseTime))!.State.NotBefore.Should().BeGreaterThan(TimeSpan.FromDays(36_000));
    }

    [PostgreSqlFact]
    public async Task What_must_last_is_committed_to_disk_although_the_connection_asks_for_less()
    {
        var (_, options) = await OpenAsync();
        await database.ExecuteAsync(
            $"""
            CREATE TABLE {options.Schema}.seen (level text);
            CREATE FUNCTION {options.Schema}.see() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN INSERT INTO {options.Schema}.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
            CREATE TRIGGER see BEFORE INSERT OR UPDATE ON {Table(options)} FOR EACH ROW EXECUTE FUNCTION {options.Schema}.see();
            """);
        var careless = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = "-c synchronous_commit=off" };
        await using var dataSource = NpgsqlDataSource.Create(careless.ConnectionString);
        var store = new PostgreSqlSecretStore(dataSource, options, TestKeys.Protector());

        var lease = (await store.TryTakeAsync(Key, LeaseTime))!;
        await store.SetAsync(Key, new SecretWrite("1"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1)));
        await store.AdvanceEpochAsync(Key);
        var version = (await store.SetAsync(Key, new SecretWrite("2"u8.ToArray(), SecretCondition.Any))).Version;
        await store.SetAsync(Key, new SecretWrite("3"u8.ToArray(), SecretCondition.IfVersion(version)));
        await store.RemoveAsync(Key, SecretCondition.Any);

        (await database.QueryAsync<string>($"SELECT string_agg(DISTINCT level, ',') FROM {options.Schema}.seen")).Should().Be("on");
        (await database.QueryAsync<long>($"SELECT count(*) FROM {options.Schema}.seen")).Should().BeGreaterThanOrEqualTo(6);
    }

    [PostgreSqlFact]
    public async Task Serialization_failures_are_tried_again()
    {
        var (_, options) = await OpenAsync();
        var strict = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Options = "-c default_transaction_isolation=serializable" };
        await using var dataSource = NpgsqlDataSource.Create(strict.ConnectionString);
        var store = new PostgreSqlSecretStore(dataSource, options, TestKeys.Protector());

        for (var round = 0; round < 20; round++)
        {
            var key = new SecretKey("Test", $"key {round}");
            var leases = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => store.TryTakeAsync(key, LeaseTime).AsTask()));
            leases.Count(static lease => lease is not null).Should().Be(1);
        }
    }

    [PostgreSqlFact]
    public async Task Neither_failures_nor_logs_quote_keys_that_break_lines_or_values()
    {
        const string marker = "s3cr3t-value-of-the-test";
        var (_, options) = await OpenAsync();
        await database.ExecuteAsync($"ALTER TABLE {Table(options)} ADD CHECK (generation < 2)");
        using var logs = new RecordedLogs();
        using var loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddRecordedLogs(logs));
        var source = new NpgsqlDataSourceBuilder(database.ConnectionString + ";Include Error Detail=true")
            .UseLoggerFactory(loggers)
            .EnableParameterLogging();
        await using var dataSource = source.Build();
        var store = new PostgreSqlSecretStore(dataSource, options, TestKeys.Protector());
        var hostile = new SecretKey("Test", "'; DROP TABLE secrets; --");
        await store.SetAsync(hostile, new SecretWrite(Encoding.UTF8.GetBytes(marker), SecretCondition.Any));

        var write = async () => await store.SetAsync(hostile, new SecretWrite(Encoding.UTF8.GetBytes(marker), SecretCondition.Any));

        var failure = (await write.Should().ThrowAsync<PostgreSqlStoreException>()).Which;
        failure.SqlState.Should().Be("23514");
        failure.InnerException.Should().BeNull("the server's details quote the row");
        failure.ToString().Should().NotContain("Failing row");
        logs.Entries.Should().NotBeEmpty();
        var scan = new SecretLeakScan().Add("value", marker);
        scan.In(failure).Should().BeEmpty();
        scan.In(logs).Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_a_passing_trouble_and_no_password_is_told()
    {
        await using var dataSource = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=app;Password=s3cr3t-password;Timeout=2");
        var store = new PostgreSqlSecretStore(dataSource, new PostgreSqlStoreOptions(), TestKeys.Protector());

        var read = async () => await store.GetAsync(Key);

        var failure = (await read.Should().ThrowAsync<PostgreSqlStoreException>()).Which;
        (failure.IsTransient, failure.IsOutcomeUnknown, failure.SqlState).Should().Be((true, false, null));
        failure.ToString().Should().NotContain("s3cr3t");
    }

    [PrivateServerFact]
    public async Task A_standby_is_not_asked_for_a_secret_and_takes_none()
    {
        await using var primary = await PrivateServer.StartAsync();
        await using var source = NpgsqlDataSource.Create(primary.ConnectionString);
        var options = new PostgreSqlStoreOptions();
        var store = new PostgreSqlSecretStore(source, options, TestKeys.Protector());
        await store.CreateSchemaAsync();
        await using var standby = await primary.FollowAsync();
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));

        await using var alone = NpgsqlDataSource.Create(standby.ConnectionString);
        var astray = new PostgreSqlSecretStore(alone, options, TestKeys.Protector());
        var read = async () => await astray.GetAsync(new SecretKey("Test", "absent"));
        var lease = async () => await astray.TryTakeAsync(Key, LeaseTime);

        (await read.Should().ThrowAsync<PostgreSqlStoreException>()).WithMessage("*Target Session Attributes=primary*");
        (await lease.Should().ThrowAsync<PostgreSqlStoreException>()).WithMessage("*Target Session Attributes=primary*");

        // Of several hosts the primary is found, although the data source does not ask for it.
        var hosts = new NpgsqlConnectionStringBuilder(standby.ConnectionString) { Host = $"127.0.0.1:{standby.Port},127.0.0.1:{primary.Port}" };
        await using var both = new NpgsqlDataSourceBuilder(hosts.ConnectionString).BuildMultiHost();
        (await new PostgreSqlSecretStore(both, options, TestKeys.Protector()).GetAsync(Key)).Should().NotBeNull();
    }

    private static string Table(PostgreSqlStoreOptions options) => $"{options.Schema}.{options.Table}";

    private static async Task DamagedAsync(PostgreSqlSecretStore store, SecretKey key)
    {
        var read = async () => await store.GetAsync(key);
        (await read.Should().ThrowAsync<SecretDamagedException>()).WithMessage($"*'{key}' in PostgreSQL cannot be read*");
    }

    private async Task<(PostgreSqlSecretStore Store, PostgreSqlStoreOptions Options)> OpenAsync()
    {
        var options = database.NewOptions();
        var store = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());
        await store.CreateSchemaAsync();
        return (store, options);
    }
}
