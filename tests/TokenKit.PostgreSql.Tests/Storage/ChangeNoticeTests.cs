using Npgsql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

[Collection(DatabaseCollection.Name)]
public sealed class ChangeNoticeTests(TestDatabase database)
{
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

    [Theory]
    [InlineData("")]
    [InlineData("1\n2\nwritten\ntoken set\nTest\ncrm")]
    [InlineData("one\n2\nwritten\ntoken set\nTest\ncrm\n")]
    [InlineData("1\n2\nwritten\ntoken set\nTest\n\\zz\n")]
    public void What_somebody_else_tells_is_passed_over(string payload) => ChangeNotice.TryRead(payload, out _).Should().BeFalse();

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
