using System.Globalization;

namespace TokenKit.Simulation.Tests;

/// <summary>
/// The production classes under thousands of seeds. A failing seed is named in the message and replays exactly:
/// <c>TOKENKIT_SEED=n dotnet test tests/TokenKit.Simulation.Tests</c>.
/// </summary>
public class SimulationTests
{
    private static readonly Scenario NoFaults = new();
    private static readonly Scenario Fleet = new() { Instances = 3 };
    private static readonly Scenario SpoiltNetworkWithGrace = new() { Instances = 2, NetworkFaults = 0.2, Grace = TimeSpan.FromHours(1) };
    private static readonly Scenario SpoiltNetwork = new() { NetworkFaults = 0.2 };
    private static readonly Scenario FailingStore = new() { Instances = 2, FailingWrites = 0.3 };

    [Fact]
    public void One_instance_never_sends_a_refresh_token_twice_and_no_caller_fails() => RunSeeds(NoFaults, 1500);

    [Fact]
    public void Three_instances_on_one_store_never_send_a_refresh_token_twice() => RunSeeds(Fleet, 1000);

    [Fact]
    public void With_a_grace_a_spoilt_network_never_costs_the_grant() => RunSeeds(SpoiltNetworkWithGrace, 1000);

    [Fact]
    public void Without_a_grace_only_a_lost_answer_may_cost_the_grant() => RunSeeds(SpoiltNetwork, 1000);

    [Fact]
    public void A_store_that_refuses_writes_never_costs_the_grant() => RunSeeds(FailingStore, 500);

    [Fact]
    public void Instances_without_coordination_are_caught() =>
        Enumerable.Range(0, 50).Should().Contain(
            seed => Simulation.Run(seed, new Scenario { Instances = 2, SeparateStores = true }).Wrong.Count > 0);

    [Fact]
    public void A_seed_replays_exactly()
    {
        foreach (var scenario in new[] { Fleet, SpoiltNetworkWithGrace, FailingStore })
        {
            for (var seed = 0; seed < 20; seed++)
            {
                var first = Simulation.Run(seed, scenario).Trace.Lines;
                var second = Simulation.Run(seed, scenario).Trace.Lines;

                second.Should().Equal(first, "seed {0} must give the same trace", seed);
                first.Should().NotBeEmpty();
            }
        }
    }

    private static void RunSeeds(Scenario scenario, int count)
    {
        var only = Environment.GetEnvironmentVariable("TOKENKIT_SEED");
        var seeds = only is null ? Enumerable.Range(0, count) : [int.Parse(only, CultureInfo.InvariantCulture)];
        foreach (var seed in seeds)
        {
            var (wrong, trace) = Simulation.Run(seed, scenario);
            if (wrong.Count > 0)
            {
                Assert.Fail($"Seed {seed} of {scenario}: {string.Join(" ", wrong.Distinct())}\n{string.Join('\n', trace.Lines)}");
            }
        }
    }
}
