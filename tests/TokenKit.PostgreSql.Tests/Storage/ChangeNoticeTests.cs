using System.Security.Cryptography;
using System.Text;
using Npgsql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

[Collection(DatabaseCollection.Name)]
public sealed class ChangeNoticeTests(TestDatabase database)
{
    private static readonly SecretKey Key = new("Test", "crm", "north") { Kind = SecretKind.TokenSet };

    [PostgreSqlFact]
    public async Task What_one_instance_refreshed_is_in_the_memory_of_the_other_at_once()
    {
        var (endpoint, place) = (new FakeTokenEndpoint(), database.NewOptions());
        place.NotifyChanges = true;
        var seed = endpoint.IssueRefreshToken();
        await using var one = new RefreshingClient(database.ConnectionString, place, endpoint, seed);
        await using var other = new RefreshingClient(database.ConnectionString + ";Application Name=" + place.Schema, place, endpoint, seed);
        await one.Source.GetTokenAsync();
        await other.Source.GetTokenAsync();
        await ListensAsync(place.Schema);

        var refreshed = (await one.Refresher.RefreshAsync()).Token!.Reveal();

        await Signals.WaitAsync(
            () => Task.FromResult(other.Source.TryGetCached(out var token) && token.Reveal() == refreshed), "the other instance has it");
        endpoint.TokenRequests.Should().Be(2);
    }

    [PostgreSqlFact]
    public async Task Who_listens_connects_again_and_hears_keys_of_any_characters()
    {
        var options = database.NewOptions();
        options.NotifyChanges = true;
        await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString + ";Application Name=" + options.Schema);
        var store = new PostgreSqlSecretStore(dataSource, options, TestKeys.Protector());
        var key = new SecretKey("Test", "a\nb'\"\\", "\0 of \ud800") { Kind = SecretKind.TokenSet };
        List<SecretChange> heard = [];
        using (store.Subscribe(change =>
        {
            lock (heard)
            {
                heard.Add(change);
            }
        }))
        {
            await ListensAsync(options.Schema);
            await database.ExecuteAsync(
                $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{options.Schema}' AND query LIKE 'LISTEN%'");
            await Signals.WaitAsync(async () => await ListenersAsync(options.Schema) == 0, "the connection is gone");
            await ListensAsync(options.Schema);

            await store.SetAsync(key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(3, 2)));
            await store.RemoveAsync(key, SecretCondition.Any);

            await Signals.WaitAsync(() => Task.FromResult(Received(heard).Count == 2), "both are heard");
            Received(heard).Should().Equal(new SecretChange { Key = key, WrittenEpoch = 3, WrittenSequence = 2 }, new SecretChange { Key = key, WrittenEpoch = 3, WrittenSequence = 2, IsRemoved = true });
        }

        await Signals.WaitAsync(async () => await ListenersAsync(options.Schema) == 0, "nobody listens any more");
    }

    [PostgreSqlFact]
    public async Task A_key_that_is_too_long_to_be_told_is_written_all_the_same()
    {
        var options = database.NewOptions();
        options.NotifyChanges = true;
        var store = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());

        var written = await store.SetAsync(
            new SecretKey("Test", new string('n', 9_000)), new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(1, 1)));

        written.Outcome.Should().Be(SecretWriteOutcome.Written);
    }

    [PostgreSqlFact]
    public async Task Who_only_listens_reads_no_name_and_no_subject_and_no_length_of_them()
    {
        var options = database.NewOptions();
        options.NotifyChanges = true;
        var store = new PostgreSqlSecretStore(database.DataSource, options, TestKeys.Protector());
        await store.CreateSchemaAsync();
        List<string> payloads = [];
        await using var listener = await database.DataSource.OpenConnectionAsync();
        listener.Notification += (_, notice) => payloads.Add(notice.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN \"{ChangeNotices.ChannelOf(TableOf(options))}\"", listener))
        {
            await listen.ExecuteNonQueryAsync();
        }

        foreach (var key in new[] { Key, Key with { Subject = "northern" } })
        {
            await store.SetAsync(key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(3, 2)));
            await store.RemoveAsync(key, SecretCondition.WrittenBefore(4, 1));
            await store.SetAsync(key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(5, 1)));
            await store.RemoveAsync(key, SecretCondition.Any);
        }

        while (payloads.Count < 8)
        {
            (await listener.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue("eight are told");
        }

        var notices = new ChangeNotices(TableOf(options), TestKeys.Protector());
        payloads.Should().OnlyHaveUniqueItems();
        payloads.Select(static payload => payload.Length).Distinct().Should().ContainSingle();
        payloads.Select(payload => notices.TryOpen(payload, out var change) ? change : null).Take(4).Should().Equal(
            new SecretChange { Key = Key, WrittenEpoch = 3, WrittenSequence = 2 },
            new SecretChange { Key = Key, WrittenEpoch = 4, WrittenSequence = 1, IsRemoved = true },
            new SecretChange { Key = Key, WrittenEpoch = 5, WrittenSequence = 1 },
            new SecretChange { Key = Key, WrittenEpoch = 5, WrittenSequence = 1, IsRemoved = true });
        foreach (var payload in payloads)
        {
            (payload + Encoding.Latin1.GetString(Convert.FromBase64String(payload))).Should().NotContainAny("crm", "north", "Test", "token set", "removed", "written");
        }
    }

    [PostgreSqlFact]
    public async Task Nobody_without_the_keys_makes_an_instance_drop_its_copy()
    {
        var (endpoint, place) = (new FakeTokenEndpoint(), database.NewOptions());
        place.NotifyChanges = true;
        var seed = endpoint.IssueRefreshToken();
        await using var client = new RefreshingClient(
            database.ConnectionString + ";Application Name=" + place.Schema, place, endpoint, seed);
        await client.Source.GetTokenAsync();
        await ListensAsync(place.Schema);

        // While one is under way no hint drops anything.
        await client.FlightEndedAsync();
        var key = new SecretKey("Production", RefreshingClient.Name) { Kind = SecretKind.TokenSet };
        var table = TableOf(place);
        var token = client.Source.TryGetCached(out var cached) ? cached : null;
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = client.Store.Subscribe(change =>
        {
            if (change.Key.Subject == "the last")
            {
                heard.TrySetResult();
            }
        });

        string[] forged =
        [
            "99\n1\nremoved\ntoken set\nProduction\ncrm\n",
            "no base64 at all",
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(200)),
            Removed(table, key, 99, TestKeys.OtherKey),
            Removed("another.table", key, 99),
            Removed(table, key, 0), // a true one, from before the token that is held
        ];
        foreach (var payload in forged)
        {
            await NotifyAsync(place, payload);
        }

        // Told last and heard last.
        await NotifyAsync(place, Removed(table, key with { Subject = "the last" }, 99));
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await client.FlightEndedAsync();
        client.Source.TryGetCached(out var now).Should().BeTrue();
        now.Should().BeSameAs(token);

        await NotifyAsync(place, Removed(table, key, 99));
        await Signals.WaitAsync(() => Task.FromResult(!client.Source.TryGetCached(out _)), "who has the keys is believed");
    }

    private static string TableOf(PostgreSqlStoreOptions options) => $"{options.Schema}.{options.Table}";

    private static string Removed(string table, SecretKey key, long epoch, params string[] keys) =>
        new ChangeNotices(table, TestKeys.Protector(keys)).Seal(new StoredKey(key), epoch, 1, isRemoved: true)!;

    private Task NotifyAsync(PostgreSqlStoreOptions options, string payload) =>
        database.ExecuteAsync($"SELECT pg_notify('{ChangeNotices.ChannelOf(TableOf(options))}', '{payload}')");

    private static List<SecretChange> Received(List<SecretChange> heard)
    {
        lock (heard)
        {
            return [.. heard];
        }
    }

    private Task ListensAsync(string application) => Signals.WaitAsync(async () => await ListenersAsync(application) == 1, "somebody listens");

    private Task<long> ListenersAsync(string application) => database.QueryAsync<long>(
        $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{application}' AND state = 'idle' AND query LIKE 'LISTEN%'");
}
