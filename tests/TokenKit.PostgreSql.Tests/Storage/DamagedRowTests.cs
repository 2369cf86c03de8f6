namespace TokenKit.PostgreSql.Tests;

/// <summary>Somebody has changed a column. Whoever meets it says so and names the key; whoever does not meet it goes on.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class DamagedRowTests(TestDatabase database) : IAsyncLifetime
{
    private const string Get = "get";
    private const string Set = "set";
    private const string Lease = "lease";
    private const string Epoch = "epoch";
    private const string List = "list";
    private const string Reseal = "reseal";
    private const string Remove = "remove";

    private static readonly SecretKey Key = new("Test", "crm", "north");

    private readonly PostgreSqlStoreOptions _options = database.DataSource is null ? new() : database.NewOptions();

    /// <summary>What is done to the row, and who meets it. To be listed is to meet it when the row is left out.</summary>
    public static TheoryData<string, string[]> Damages => new()
    {
        { "status = '99'", [Lease] },
        { "status = ''", [Lease] },
        { "status = 'Alive, Dead'", [Lease] },
        { "status = 'AWordOfANewerVersion'", [] },
        { "reason = '7'", [Lease] },
        { "reason = 'AWordOfANewerVersion'", [] },
        { "fail_count = -1", [Lease] },
        { @"dead_grant = 'a\zzzz'", [Lease] },
        { @"dead_grant = 'a\0041'", [Lease] },
        { @"state_tag = '\'", [Lease] },
        { "state_tag = E'a\\nb'", [Lease] },
        { "not_before = 'infinity'", [Lease] },
        { "not_before = '-infinity'", [Lease] },
        { "not_before = '100000-01-01'", [Lease] },
        { "epoch = -5, written_epoch = -5", [Get, Lease, Epoch] },
        { "epoch = 9223372036854775807", [Lease, Epoch] },
        { "written_epoch = 9223372036854775807", [Lease, Epoch] },
        { "written_seq = -1", [Get] },
        { "payload_epoch = -1", [Get, Reseal] },
        { "payload_epoch = 7", [Get, Reseal] },
        { "payload_seq = -1", [Get, Reseal] },
        { "payload = ''", [Get, Reseal] },
        { @"payload = '\x00'", [Get, Reseal] },
        { "payload = substring(payload FROM 1 FOR 20)", [Get, Reseal] },
        { "generation = -1", [Get, Lease, List, Reseal] },
        { "generation = 9223372036854775807", [Set] },
        { "written_at = NULL", [Get] },
        { "written_at = 'infinity'", [Get, List] },
        { "written_at = '-infinity'", [Get, List] },
        { "written_at = '200000-01-01'", [Get, List] },
        { "due_at = 'infinity'", [List] },
        { "due_at = '-infinity'", [List] },
        { "due_at = '294276-12-31'", [List] },
        { "expires_at = 'infinity'", [List] },
        { "expires_at = '4713-01-01 BC'", [List] },
        { "kind = 'token set'", [List, Reseal] },
        { "kind = 'a kind of a newer version'", [List, Reseal] },
        { @"name = 'crm\'", [List, Reseal] },
        { "name = 'crm-eu'", [List, Reseal] },
        { @"subject = '\zzzz'", [List, Reseal] },
        { @"subject = 'n\006frth'", [List, Reseal] },
        { "subject = 'south'", [List, Reseal] },
        { "environment = 'Production'", [List, Reseal] },
        { @"key_hash = '\x01'", [List, Reseal] },
        { "lease_epoch = 5, lease_until = NULL", [] },
        { "lease_epoch = 5, lease_until = 'infinity'", [] },
    };

    public async Task InitializeAsync()
    {
        if (database.DataSource is not null)
        {
            await Open(TestKeys.Key).CreateSchemaAsync();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgreSqlTheory]
    [MemberData(nameof(Damages))]
    public async Task Whoever_meets_a_changed_column_says_so_and_names_the_key(string change, string[] expected)
    {
        List<string> met = [];
        foreach (var operation in new[] { Get, Set, Lease, Epoch, List, Reseal, Remove })
        {
            await database.ExecuteAsync($"TRUNCATE {Table}");
            await Open(TestKeys.Key).SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(1, 1)));
            await database.ExecuteAsync($"UPDATE {Table} SET {change}");
            if (await MeetsAsync(operation))
            {
                met.Add(operation);
            }
        }

        met.Should().Equal(expected);
    }

    [PostgreSqlTheory]
    [InlineData("written_at + interval '3 seconds'", true)]
    [InlineData("clock_timestamp()", true)]
    [InlineData("written_at - interval '1 hour'", false)]
    [InlineData("written_at", false)]
    public async Task Nobody_makes_a_value_look_younger_than_its_write_says(string instant, bool isDamaged)
    {
        var store = Open(TestKeys.Key);
        var lease = (await store.TryTakeAsync(Key, TimeSpan.FromHours(1)))!;
        var write = new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1)) { AgeCountsFrom = lease.GrantedAt - TimeSpan.FromMinutes(50) };
        await lease.WriteAsync(write, RefreshState.Alive);
        await database.ExecuteAsync($"UPDATE {Table} SET written_at = {instant}");

        var read = async () => (await store.GetAsync(Key))!.Age;

        if (isDamaged)
        {
            await read.Should().ThrowAsync<SecretDamagedException>().WithMessage($"*'{Key}'*written_at*");
        }
        else
        {
            (await read()).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(50));
        }
    }

    [PostgreSqlFact]
    public async Task A_page_goes_on_behind_a_row_that_is_left_out()
    {
        var store = Open(TestKeys.Key);
        foreach (var subject in new[] { "a", "b", "c", "d" })
        {
            await store.SetAsync(Key with { Subject = subject }, new SecretWrite("value"u8.ToArray(), SecretCondition.Any));
        }

        await database.ExecuteAsync($"UPDATE {Table} SET subject = 'e' WHERE subject = 'b'");
        await database.ExecuteAsync($"UPDATE {Table} SET due_at = 'infinity' WHERE subject = 'c'");

        List<string> listed = [];
        for (SecretQuery? query = new() { Environment = "Test", PageSize = 1 }; query is not null;)
        {
            var page = await store.ListAsync(query);
            listed.AddRange(page.Secrets.Select(static secret => secret.Key.Subject));
            query = page.Continuation is null ? null : query with { Continuation = page.Continuation };
        }

        listed.Should().BeEquivalentTo("a", "d");
    }

    [PostgreSqlFact]
    public async Task A_row_whose_lease_cannot_be_had_because_it_is_damaged_is_free_again_once_it_was_repaired()
    {
        var store = Open(TestKeys.Key);
        await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(1, 1)));
        await database.ExecuteAsync($"UPDATE {Table} SET fail_count = -1");
        var take = async () => await store.TryTakeAsync(Key, TimeSpan.FromHours(1));
        await take.Should().ThrowAsync<SecretDamagedException>();

        await database.ExecuteAsync($"UPDATE {Table} SET fail_count = DEFAULT");

        (await take())!.IsTakeover.Should().BeFalse("nobody had it");
    }

    private async Task<bool> MeetsAsync(string operation)
    {
        var store = Open(TestKeys.Key);
        Func<Task<bool>> act = operation switch
        {
            Get => async () => await store.GetAsync(Key) is null,
            Set => async () => await store.SetAsync(Key, new SecretWrite("another"u8.ToArray(), SecretCondition.WrittenBefore(2, 1))) == default,
            Lease => async () => (await store.TryAcquireAsync(Key, new LeaseRequest(TimeSpan.FromHours(1)) { KnownVersion = 1, OverridesWait = true })).Lease is null,
            Epoch => async () => await store.AdvanceEpochAsync(Key) < 1,
            List => async () =>
                (await store.ListAsync(new SecretQuery { Environment = "Test", PageSize = 10 })).Secrets.All(static secret => secret.Key != Key),
            Reseal => async () => await Open(TestKeys.OtherKey, TestKeys.Key).ReencryptAsync() < 1,
            _ => async () => await store.RemoveAsync(Key, SecretCondition.Any) && false,
        };
        if (operation is List)
        {
            return await act();
        }

        try
        {
            await act();
            return false;
        }
        catch (SecretDamagedException damaged)
        {
            damaged.Message.Should()
                .Match(static message => message.Contains($"'{Key}' in PostgreSQL cannot be read") || message.Contains("key_hash"));
            await act.Should().ThrowAsync<SecretDamagedException>("the next one is told so too");
            return true;
        }
    }

    private string Table => $"{_options.Schema}.{_options.Table}";

    private PostgreSqlSecretStore Open(params string[] keys) => new(database.DataSource, _options, TestKeys.Protector(keys));
}
