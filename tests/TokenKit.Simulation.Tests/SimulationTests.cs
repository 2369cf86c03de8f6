using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>
/// The production classes under 50,000 seeds: several machines, one store with leases and a fence, a server that rotates, and
/// faults. <c>TOKENKIT_SEEDS=1000000</c> runs more, <c>TOKENKIT_SCENARIO="no faults"</c> one of the <see cref="Scenarios"/> alone,
/// <c>TOKENKIT_HABITS="EndsFormerAccessTokens, NarrowsGrant"</c> servers of these <see cref="ServerHabits"/> alone,
/// <c>TOKENKIT_MEANINGS=Scopes</c> machines that have these <see cref="Meanings"/> of their record; a seed that fails is printed and
/// replays exactly with <c>TOKENKIT_SEED=n</c>.
/// </summary>
public class SimulationTests
{
    [Fact]
    public void No_seed_breaks_a_rule()
    {
        var totals = SeedRun.Run(SeedRun.Only is { } only ? [only] : Enumerable.Range(0, SeedRun.Count), Scenarios.Of);

        if (totals.Broken.Count > 0)
        {
            Assert.Fail(string.Join('\n', totals.Broken.Select(broken => $"{broken.Value.Count} of {totals.Seeds} seeds: {broken.Key}"))
                + "\n" + string.Join('\n', totals.Broken.Values.Select(broken => broken.First).Distinct().Select(seed => SeedRun.Describe(seed, Scenarios.Of(seed)))));
        }

        totals.Refreshes.Should().BeGreaterThan(totals.Seeds, "a run in which nothing happens proves nothing");
        Console.WriteLine($"{totals.Seeds} seeds, {totals.Refreshes} token requests, {totals.Takeovers} takeovers: no rule broken");
        foreach (var (habits, (seeds, calls)) in totals.Habits)
        {
            Console.WriteLine($"{habits}: {seeds} seeds{(habits.HasFlag(ServerHabits.EndsFormerAccessTokens) ? $", {calls}" : "")}");
        }

        foreach (var (meanings, (seeds, counts)) in totals.Meanings)
        {
            Console.WriteLine($"{meanings}: {seeds} seeds, {counts}");
        }
    }

    /// <summary>
    /// A wall clock set back while the store answered; writes that landed late, after a lost answer, before refused ones, before a crash; a
    /// flight that began while the background wrote what its process had obtained.
    /// </summary>
    [Theory]
    [InlineData(39044)]
    [InlineData(47847)]
    [InlineData(90282)]
    [InlineData(95481)]
    [InlineData(481879)]
    public void A_seed_that_once_broke_a_rule_breaks_none(int seed) =>
        SeedRun.Run([seed], Scenarios.Of).Broken.Should().BeEmpty();

    /// <summary>
    /// A refresh by hand across a reload; a seed that was applied while a person seeded, that came between the lease and the look at
    /// the store, that overtook a refresh, that died or was refused between its epoch and its write; a wall clock that was set back
    /// between a reading and the write after it; a refused token that was read once more; a seed that was stored and not sent.
    /// </summary>
    [Theory]
    [InlineData(736, nameof(Meanings.Audiences))]
    [InlineData(488760, nameof(Meanings.Audiences))]
    [InlineData(589, nameof(Meanings.Seeds))]
    [InlineData(18492, nameof(Meanings.Seeds))]
    [InlineData(1293, nameof(Meanings.Seeds))]
    [InlineData(891261, nameof(Meanings.Seeds))]
    [InlineData(796836, nameof(Meanings.Seeds))]
    [InlineData(784483, nameof(Meanings.Seeds))]
    [InlineData(1461, nameof(Meanings.Seeds))]
    [InlineData(2167, nameof(Meanings.Seeds))]
    [InlineData(92934, nameof(Meanings.Seeds))]
    [InlineData(185670, nameof(Meanings.RegistrationsOfMany))]
    public void Nor_does_one_where_machines_mean_different_things(int seed, string meanings) =>
        SeedRun.Run([seed], seed => Scenarios.Of(seed) with { Meanings = Enum.Parse<Meanings>(meanings) }).Broken.Should().BeEmpty();

    [Fact]
    public void Versions_of_one_audience_renew_once_for_each_version_that_is_taken_up()
    {
        var scenario = Scenarios.NoFaults with { Habits = ServerHabits.EndsFormerAccessTokens, Meanings = Meanings.Scopes };

        var totals = SeedRun.Run(Enumerable.Range(0, 500), _ => scenario);

        totals.Broken.Should().BeEmpty();
        var counts = totals.Meanings[scenario.Meanings].Counts;
        counts.EarlyRenewals.Should().BePositive("a version that is taken up asks for its own scope");
        counts.Turns.Should().Be(0);
    }

    [Fact]
    public void Where_a_refresh_ends_the_former_token_calls_are_refused_and_sent_again()
    {
        var scenario = Scenarios.NoFaults with { Habits = ServerHabits.EndsFormerAccessTokens };

        var totals = SeedRun.Run(Enumerable.Range(0, 500), _ => scenario);

        totals.Broken.Should().BeEmpty();
        var calls = totals.Habits[scenario.Habits].Calls;
        calls.EndedByAnother.Should().BePositive("machines that share a grant end each other's tokens");
        calls.RefusedOtherwise.Should().Be(0, "nobody calls with a token that has expired");
        calls.RefusedTwice.Should().BeLessThan(calls.EndedByOwnRefresh + calls.EndedByAnother - calls.RefusedTwice, "a call that is sent again has a newer token");
    }

    [Fact]
    public async Task A_refresh_that_asks_for_more_than_is_left_of_a_grant_breaks_a_rule()
    {
        var world = new World(seed: 1, Scenarios.NoFaults, isWritten: false);
        var endpoint = new SimulatedServer(world, TimeSpan.FromHours(1), TimeSpan.Zero, habits: ServerHabits.NarrowsGrant).Endpoint;
        HistoryChecker.CheckScopes(world.History, endpoint, "read");
        world.History.Wrong.Should().BeEmpty();

        await RefreshAsync(endpoint, endpoint.IssueRefreshToken(scope: SimulatedServer.GrantedScope), "read");
        HistoryChecker.CheckScopes(world.History, endpoint, "read");
        world.History.Wrong.Should().BeEmpty();

        await RefreshAsync(endpoint, endpoint.Requests[^1].IssuedRefreshToken!, "read write");
        HistoryChecker.CheckScopes(world.History, endpoint, "read");
        world.History.Wrong.Should().Equal("(g) A refresh asked for more than was left of the grant.");
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var first = Fleet.Run(seed, Scenarios.Of(seed), isWritten: true).Lines;

            Fleet.Run(seed, Scenarios.Of(seed), isWritten: true).Lines.Should().Equal(first, "seed {0} must give the same history", seed);
            first.Should().NotBeEmpty();
        }
    }

    private static async Task RefreshAsync(FakeTokenEndpoint endpoint, string refreshToken, string scope)
    {
        using var http = new HttpClient(endpoint.CreateHandler());
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = FakeTokenEndpoint.DefaultClientId,
            ["client_secret"] = FakeTokenEndpoint.DefaultClientSecret,
            ["grant_type"] = TokenGrants.RefreshToken,
            ["refresh_token"] = refreshToken,
            ["scope"] = scope,
        });
        using var answer = await http.PostAsync(endpoint.Address, form);
    }
}
