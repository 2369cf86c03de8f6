namespace TokenKit.Simulation.Tests;

/// <summary>
/// The production classes under 50,000 seeds: several machines, one store with leases and a fence, a server that rotates, and
/// faults. <c>TOKENKIT_SEEDS=1000000</c> runs more; a seed that fails is printed and replays exactly with <c>TOKENKIT_SEED=n</c>.
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
                + "\n" + string.Join('\n', totals.Broken.Values.Select(broken => broken.First).Distinct().Select(seed => SeedRun.Tell(seed, Scenarios.Of(seed)))));
        }

        totals.Refreshes.Should().BeGreaterThan(totals.Seeds, "a run in which nothing happens proves nothing");
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var first = Fleet.Run(seed, Scenarios.Of(seed), isTold: true).Lines;

            Fleet.Run(seed, Scenarios.Of(seed), isTold: true).Lines.Should().Equal(first, "seed {0} must give the same history", seed);
            first.Should().NotBeEmpty();
        }
    }
}
