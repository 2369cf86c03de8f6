using System.Text;
using MySqlConnector;

namespace TokenKit.Relational.Tests;

/// <summary>What was told to be written is there after a crash of the server. With a server of its own.</summary>
public sealed class MariaDbKillTests
{
    private const int Kills = 3;
    private static readonly SecretKey Key = new("Test", "crm") { Kind = SecretKind.TokenSet };

    [MariaDbFact]
    public async Task A_killed_server_keeps_what_was_written()
    {
        await using var server = await MariaDbServer.StartAsync();
        await using var dataSource = new MySqlDataSource(server.ConnectionString);
        var store = new RelationalSecretStore(dataSource, RelationalDialect.MySql, new RelationalStoreOptions { CreateSchema = true });
        var last = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            var lease = (await store.TryAcquireAsync(Key, new LeaseRequest(TimeSpan.FromMinutes(1)))).Lease!;
            lease.Epoch.Should().BeGreaterThan(last);
            var told = 0L;
            var writing = Task.Run(async () =>
            {
                for (var sequence = 1L; ; sequence++)
                {
                    var write = new SecretWrite(Encoding.UTF8.GetBytes($"{lease.Epoch}.{sequence}"), SecretCondition.WrittenBefore(lease.Epoch, sequence));
                    (await lease.WriteAsync(write, stateToLeave: null)).Outcome.Should().Be(SecretWriteOutcome.Written);
                    Volatile.Write(ref told, sequence);
                }
            });

            while (Volatile.Read(ref told) < 50)
            {
                await Task.Yield();
            }

            await server.KillAsync();
            var failure = (await FluentActions.Awaiting(() => writing).Should().ThrowAsync<RelationalStoreException>()).Which;
            failure.IsTransient.Should().BeTrue();
            await server.StartAgainAsync();

            // The one whose answer was lost may have been written, too.
            var entry = (await store.GetAsync(Key))!;
            entry.WrittenEpoch.Should().Be(lease.Epoch);
            entry.WrittenSequence.Should().BeInRange(told, told + 1);
            Encoding.UTF8.GetString(entry.Value.Span).Should().Be($"{entry.WrittenEpoch}.{entry.WrittenSequence}");

            // The lease outlives the server: whoever holds it goes on.
            (await store.TryAcquireAsync(Key, new LeaseRequest(TimeSpan.FromMinutes(1)))).Outcome.Should().Be(LeaseOutcome.Held);
            await lease.ReleaseAsync(RefreshState.Alive);
            last = lease.Epoch;
        }
    }
}
