namespace TokenKit.Simulation.Tests;

/// <summary>
/// The production classes under 50,000 seeds: several machines, one store with leases and a fence, a server that rotates, and
/// faults. <c>TOKENKIT_SEEDS=1000000</c> runs more, <c>TOKENKIT_SCENARIO="no faults"</c> one of the <see cref="Scenarios"/> alone; a
/// seed that fails is printed and replays exactly with <c>TOKENKIT_SEED=n</c>.
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
    }

    /// <summary>A wall clock set back while the store answered; writes that landed late, after a lost answer, before refused ones, before a crash.</summary>
    [Theory]
    [InlineData(39044)]
    [InlineData(47847)]
    [InlineData(90282)]
    [InlineData(95481)]
    public void A_seed_that_once_broke_a_rule_breaks_none(int seed) =>
        SeedRun.Run([seed], Scenarios.Of).Broken.Should().BeEmpty();

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
}
