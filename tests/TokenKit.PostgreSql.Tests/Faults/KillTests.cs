using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>kill -9 at random moments, to whoever is refreshing or is not.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class KillTests(TestDatabase database)
{
    private static readonly int Kills = LongRun.Kills;

    /// <summary>Lease and five seconds: 5 + 1 + 0.5 seconds of lease in a fleet that is quick.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(6.5 + 5);

    [Fact]
    public Task On_files_no_grant_is_lost_where_the_server_has_a_grace() => WithGraceAsync(Fleet.File);

    [PostgreSqlFact]
    public Task On_PostgreSQL_no_grant_is_lost_where_the_server_has_a_grace() => WithGraceAsync(Fleet.PostgreSql);

    [PgBouncerFact]
    public Task Through_PgBouncer_no_grant_is_lost_where_the_server_has_a_grace() => WithGraceAsync(Fleet.PgBouncer);

    [Fact]
    public Task On_files_a_strict_server_s_grant_is_lost_only_between_rotation_and_commit() => StrictAsync(Fleet.File);

    [PostgreSqlFact]
    public Task On_PostgreSQL_a_strict_server_s_grant_is_lost_only_between_rotation_and_commit() => StrictAsync(Fleet.PostgreSql);

    private async Task WithGraceAsync(string store)
    {
        await using var fleet = OpenFleet(store, new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(1), ReuseGrace = TimeSpan.FromMinutes(5) });
        var longest = await KillAsync(fleet, onLoss: null);

        fleet.Endpoint.LostGrants.Should().Be(0);
        longest.Should().BeLessThan(LongestGap, "the next refresh comes when the lease has run out");
        LongRun.Report($"{store}, server with grace: {Kills} kills, {fleet.Endpoint.LostGrants} grants lost, {fleet.Endpoint.TokenRequests} token requests, longest wait for the next refresh {longest.TotalSeconds:F1} s");
    }

    private async Task StrictAsync(string store)
    {
        var lost = 0;
        await using var fleet = OpenFleet(store, new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromSeconds(1) });
        await KillAsync(fleet, onLoss: async () =>
        {
            lost++;

            // Rotated, not committed: what is stored is a token that the server has replaced.
            var stored = await fleet.StoredRefreshTokenAsync();
            stored.Should().NotBeNull("a record is never unreadable or gone");
            var requests = fleet.Endpoint.Requests;
            requests.Should().Contain(
                request => request.Outcome == TokenRequestOutcome.Rotated && request.RefreshToken == stored,
                "only a rotation whose answer died with its process may cost a grant");
            fleet.Seed = fleet.Endpoint.IssueRefreshToken();
        });

        lost.Should().BeLessThanOrEqualTo(Kills);
        LongRun.Report($"{store}, strict server: {Kills} kills, {lost} grants lost, each rotated and not committed, {fleet.Endpoint.TokenRequests} token requests");
    }

    private Fleet OpenFleet(string store, FakeTokenEndpointOptions server)
    {
        var fleet = new Fleet(store, database, server, isQuick: true);

        // Long enough that many a kill meets a request on its way.
        fleet.Endpoint.Delay = TimeSpan.FromMilliseconds(150);
        return fleet;
    }

    /// <returns>The longest time until a new process had a token.</returns>
    private static async Task<TimeSpan> KillAsync(Fleet fleet, Func<Task>? onLoss)
    {
        var random = new Random(4);
        var longest = TimeSpan.Zero;
        var known = 0;
        var victim = await fleet.StartProcessAsync();
        for (var kill = 0; kill < Kills; kill++)
        {
            await victim.OrderAsync("loop 5");

            // At any point of a refresh, or between two. A grant that is lost already is found by the heir.
            var arrived = fleet.Endpoint.TokenRequests;
            await Signals.WaitAsync(
                () => Task.FromResult(fleet.Endpoint.TokenRequests > arrived || fleet.Endpoint.LostGrants > known), "the process refreshes");
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 400)));
            await victim.KillAsync();

            arrived = fleet.Endpoint.TokenRequests;
            var heir = await fleet.StartProcessAsync();
            var start = TimeProvider.System.GetTimestamp();
            var isLost = false;
            await Signals.WaitAsync(
                async () =>
                {
                    // The stored token may live for a second yet, and a request of the dead may arrive late: what counts is
                    // that the heir has refreshed.
                    var answer = await heir.OrderAsync("call 1");
                    isLost = answer == "called 0 0 ReauthorizationRequired";
                    return isLost || (answer == "called 1 1 "
                        && fleet.Endpoint.TokenRequests > arrived
                        && await fleet.StoredRefreshTokenAsync() is { } stored && fleet.Endpoint.IsCurrent(stored));
                },
                "the heir refreshes");
            longest = Longer(longest, TimeProvider.System.GetElapsedTime(start));
            if (isLost)
            {
                onLoss.Should().NotBeNull("the server has a grace");
                await onLoss!();
                known = fleet.Endpoint.LostGrants;

                // A new grant is a new seed, and a process reads its seed when it starts.
                await heir.KillAsync();
                heir = await fleet.StartProcessAsync();
            }

            victim = heir;
        }

        return longest;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
