using TokenKit.Testing;

namespace TokenKit.PostgreSql.Tests;

/// <summary>Several processes whose callers all find the token expired at one moment: one token request for each expiry.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class ExpiryTests(TestDatabase database)
{
    private static readonly int Processes = LongRun.Of(8, 3);
    private static readonly int Callers = LongRun.Of(1_250, 40);
    private static readonly int Expiries = LongRun.Of(100, 5);

    [Fact]
    public Task On_files_each_expiry_costs_one_request() => RunAsync(Fleet.File, TimeSpan.Zero);

    // The database's clock counts: two hours between the machines' own make no difference. Nobody made the table, either.
    [PostgreSqlFact]
    public Task On_PostgreSQL_each_expiry_costs_one_request_whatever_the_machines_clocks_say() =>
        RunAsync(Fleet.PostgreSql, TimeSpan.FromHours(1));

    // Its connections to the server are fewer than the processes': each statement may run on another one.
    [PgBouncerFact]
    public Task Through_PgBouncer_in_transaction_mode_each_expiry_costs_one_request() => RunAsync(Fleet.PgBouncer, TimeSpan.Zero);

    private async Task RunAsync(string store, TimeSpan clocksApart)
    {
        await using var fleet = new Fleet(store, database, new FakeTokenEndpointOptions { AccessTokenLifetime = TimeSpan.FromHours(10) });
        fleet.Endpoint.Delay = TimeSpan.FromMilliseconds(20);
        var processes = await Task.WhenAll(Enumerable.Range(0, Processes).Select(index =>
            fleet.StartProcessAsync(clocksApart * ((2.0 * index / (Processes - 1)) - 1))));
        var start = TimeProvider.System.GetTimestamp();

        for (var expiry = 1; expiry <= Expiries; expiry++)
        {
            var answers = await Task.WhenAll(processes.Select(process => process.OrderAsync($"call {Callers}")));

            answers.Should().OnlyContain(answer => answer == $"called {Callers} 1 ", "every caller of a process gets the one token of generation {0}", expiry);
            fleet.Endpoint.TokenRequests.Should().Be(expiry, "the token has expired {0} times", expiry);
            await fleet.PassAsync(TimeSpan.FromHours(11), processes);
        }

        fleet.Endpoint.ReuseDetections.Should().Be(0);
        fleet.Endpoint.Requests.Select(static request => request.RefreshToken).Should().OnlyHaveUniqueItems("no refresh token is sent twice");
        LongRun.Report(
            $"{store}: {Processes} processes x {Callers} callers x {Expiries} expiries: {fleet.Endpoint.TokenRequests} token requests, "
            + $"{fleet.Endpoint.ReuseDetections} double redemptions, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F0} s");
    }
}
