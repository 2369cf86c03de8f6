using MySqlConnector;

namespace TokenKit.Relational.Tests;

/// <summary>The server has committed and its answer is lost: nothing is done twice and nothing stands still.</summary>
[Collection(MariaDbCollection.Name)]
public sealed class LostAnswerTests(MariaDb database)
{
    private static readonly SecretKey Key = new("Test", "crm") { Kind = SecretKind.TokenSet };
    private static readonly LeaseRequest Lease = new(TimeSpan.FromMinutes(10));
    private static readonly RefreshState Left = new() { Status = GrantStatus.Alive, Reason = RefreshFailureReason.ServerError, Failures = 2 };

    [MariaDbFact]
    public async Task Every_step_of_a_refresh_survives_the_loss_of_its_answer()
    {
        var place = new MySqlConnectionStringBuilder(database.Server.ConnectionString);
        await using var cutter = new AnswerCutter((int)place.Port);
        place.Port = (uint)cutter.Port;
        await using var dataSource = new MySqlDataSource(place.ConnectionString);
        var store = new RelationalSecretStore(dataSource, RelationalDialect.MySql, database.NewOptions());
        await store.CreateSchemaAsync();

        cutter.CutNext("INSERT INTO");
        var lease = (await store.TryAcquireAsync(Key, Lease)).Lease;
        lease.Should().NotBeNull("the row says that the lease is ours, although nobody told us");
        lease!.IsTakeover.Should().BeFalse("nobody else had it");

        cutter.CutNext("lease_until");
        (await lease.RenewAsync(TimeSpan.FromMinutes(10))).IsHeld.Should().BeTrue();

        cutter.CutNext("payload");
        var written = await lease.WriteAsync(Fenced(lease.Epoch, 1), stateToLeave: null);
        written.Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = 1 }, "it is written once");

        cutter.CutNext("payload");
        written = await lease.WriteAsync(Fenced(lease.Epoch, 2), Left);
        written.Should().Be(new SecretWriteResult { Outcome = SecretWriteOutcome.Written, Version = 2 }, "it is written once");

        cutter.CutNext("lease_is_takeover");
        var next = (await store.TryAcquireAsync(Key, Lease with { KnownVersion = 2 })).Lease!;
        (next.IsTakeover, next.State).Should().Be((false, Left), "the same statement gave the lease back");

        cutter.CutNext("lease_owner");
        await next.ReleaseAsync(RefreshState.Alive);

        cutter.CutNext("fence_id");
        (await store.AdvanceEpochAsync(Key)).Should().BeGreaterThan(next.Epoch);

        cutter.Cut.Should().Be(7);
        (await store.TryAcquireAsync(Key, Lease)).Lease!.IsTakeover.Should().BeFalse();
    }

    [MariaDbFact]
    public async Task A_write_that_must_not_be_repeated_says_that_nobody_knows()
    {
        var place = new MySqlConnectionStringBuilder(database.Server.ConnectionString);
        await using var cutter = new AnswerCutter((int)place.Port);
        place.Port = (uint)cutter.Port;
        await using var dataSource = new MySqlDataSource(place.ConnectionString);
        var store = new RelationalSecretStore(dataSource, RelationalDialect.MySql, database.NewOptions());
        await store.SetAsync(Key, new SecretWrite("before"u8.ToArray(), SecretCondition.Any));

        cutter.CutNext("payload");
        var write = async () => await store.SetAsync(Key, new SecretWrite("after"u8.ToArray(), SecretCondition.Any));

        var thrown = (await write.Should().ThrowAsync<RelationalStoreException>()).Which;
        (thrown.IsOutcomeUnknown, thrown.IsTransient).Should().Be((true, true));
        (await store.GetAsync(Key))!.Version.Should().Be(2);
    }

    private static SecretWrite Fenced(long epoch, long sequence) => new("value"u8.ToArray(), SecretCondition.WrittenBefore(epoch, sequence));
}
