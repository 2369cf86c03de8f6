using Npgsql;
using TokenKit.PrivatePostgreSql;
using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>The server has committed and its answer is lost: nothing is done twice and nothing stands still.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class LostAnswerTests
{
    private static readonly SecretKey Key = new("Test", "crm");
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(10);
    private static readonly int Rounds = LongRun.Of(100, 3);

    [PrivateServerFact]
    public async Task Every_step_of_a_refresh_survives_the_loss_of_its_answer()
    {
        await using var server = await PrivateServer.StartAsync();
        await using var cutter = new StatementProxy(server.Port);
        await using var dataSource = NpgsqlDataSource.Create(Through(cutter, server));
        var store = new PostgreSqlSecretStore(dataSource, new PostgreSqlStoreOptions(), TestKeys.Protector());
        await store.CreateSchemaAsync();
        var version = 0L;
        var left = new RefreshState { Status = GrantStatus.Alive, Reason = RefreshFailureReason.ServerError, Failures = 2 };
        for (var round = 1; round <= Rounds; round++)
        {
            cutter.CutNext(StatementMarks.Acquire);
            var lease = await store.TryTakeAsync(Key, LeaseTime);
            lease.Should().NotBeNull("the row says that the lease is ours, although nobody told us");
            lease!.IsTakeover.Should().BeFalse("nobody else had it");

            cutter.CutNext(StatementMarks.Renew);
            (await lease.RenewAsync(LeaseTime)).IsHeld.Should().BeTrue();

            cutter.CutNext(StatementMarks.Write);
            var written = await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(lease.Epoch, 1)));
            written.Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = ++version }, "it is written once");

            cutter.CutNext(StatementMarks.Release);
            await lease.ReleaseAsync(RefreshState.Alive);

            cutter.CutNext(StatementMarks.Advance);
            (await store.AdvanceEpochAsync(Key)).Should().BeGreaterThan(lease.Epoch);

            var last = (await store.TryTakeAsync(Key, LeaseTime))!;
            cutter.CutNext(StatementMarks.Write);
            written = await last.WriteAsync(new SecretWrite("value"u8.ToArray(), SecretCondition.WrittenBefore(last.Epoch, 1)), left);
            written.Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = ++version }, "it is written once");
            lease = (await store.TryTakeAsync(Key, LeaseTime))!;
            (lease.IsTakeover, lease.State).Should().Be((false, left), "the same statement gave the lease back");
            await lease.ReleaseAsync(RefreshState.Alive);
        }

        cutter.Cut.Should().Be(6 * Rounds);
        (await store.TryTakeAsync(Key, LeaseTime))!.IsTakeover.Should().BeFalse();
    }

    [PrivateServerFact]
    public async Task A_write_that_must_not_be_repeated_says_that_nobody_knows()
    {
        await using var server = await PrivateServer.StartAsync();
        await using var cutter = new StatementProxy(server.Port);
        await using var dataSource = NpgsqlDataSource.Create(Through(cutter, server));
        var store = new PostgreSqlSecretStore(dataSource, new PostgreSqlStoreOptions(), TestKeys.Protector());
        await store.CreateSchemaAsync();
        cutter.CutNext("s.payload IS NULL");

        var write = async () => await store.SetAsync(Key, new SecretWrite("value"u8.ToArray(), SecretCondition.Absent));

        var failure = (await write.Should().ThrowAsync<PostgreSqlStoreException>()).Which;
        (failure.IsOutcomeUnknown, failure.IsTransient).Should().Be((true, true));
        (await store.GetAsync(Key)).Should().NotBeNull("it was carried out");
    }

    [PrivateServerFact]
    public async Task A_strict_server_sees_no_refresh_token_twice_although_every_commit_goes_unheard()
    {
        await using var server = await PrivateServer.StartAsync();
        await using var cutter = new StatementProxy(server.Port);
        var endpoint = new FakeTokenEndpoint();
        await using var client = new RefreshingClient(Through(cutter, server), new PostgreSqlStoreOptions(), endpoint, endpoint.IssueRefreshToken());
        var rounds = LongRun.Of(500, 10);
        for (var round = 0; round < rounds; round++)
        {
            cutter.CutNext(StatementMarks.Write);
            (await client.Refresher.RefreshAsync()).Succeeded.Should().BeTrue();
            await Signals.WaitAsync(() => Task.FromResult(cutter.Cut > round), "the answer is cut");
        }

        await client.NothingIsLostAsync();
        endpoint.Rotations.Should().Be(rounds);
        endpoint.TokenRequests.Should().Be(rounds);
        LongRun.Report($"PostgreSQL: {cutter.Cut} answers to commits cut, {endpoint.TokenRequests} token requests, {endpoint.ReuseDetections} double redemptions");
    }

    private static string Through(StatementProxy cutter, PrivateServer server) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = cutter.Port }.ConnectionString;
}
