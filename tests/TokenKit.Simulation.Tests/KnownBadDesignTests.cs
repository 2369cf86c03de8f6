namespace TokenKit.Simulation.Tests;

/// <summary>Designs that are known to be wrong. A simulator that lets one pass proves nothing about the right one.</summary>
public class KnownBadDesignTests
{
    private const int Limit = 50_000;

    private static readonly FaultKind[] Pauses = [FaultKind.Pause];

    [Fact]
    public void Without_coordination_a_refresh_token_is_sent_twice() =>
        IsCaught(new Scenario("no coordination") { Design = Design.NoCoordination }, "(a)");

    [Fact]
    public void Comparing_versions_alone_comes_too_late() =>
        IsCaught(new Scenario("version only") { Design = Design.VersionOnly }, "(a)");

    [Fact]
    public void A_lease_with_blind_writes_lets_an_older_token_set_land_on_a_newer_one() =>
        IsCaught(new Scenario("blind write") { Design = Design.BlindWrite, Faults = Pauses, Grace = TimeSpan.FromHours(1) }, "(c)");

    [Fact]
    public void A_refresh_token_captured_before_the_lease_is_sent_twice() =>
        IsCaught(new Scenario("captured token") { Design = Design.CapturedToken }, "(a)");

    [Fact]
    public void Without_a_look_at_the_clock_a_refresh_token_is_sent_after_the_lease_was_lost() =>
        IsCaught(new Scenario("no re-check before sending") { Design = Design.NoRecheck, Faults = Pauses }, "(a)");

    [Fact]
    public void A_stored_token_that_is_served_whatever_its_audience_is_caught() =>
        IsCaught(new Scenario("no target mark") { Design = Design.NoTargetMark, Meanings = Meanings.Audiences }, "(h) A caller of");

    [Fact]
    public void A_stored_token_that_is_served_whatever_its_client_is_caught() =>
        IsCaught(new Scenario("no grant mark, served") { Design = Design.NoGrantMark, Meanings = Meanings.Clients }, "(h) A caller of");

    [Fact]
    public void A_refresh_token_that_is_sent_whoever_it_was_issued_to_is_caught() =>
        IsCaught(new Scenario("no grant mark, sent") { Design = Design.NoGrantMark, Meanings = Meanings.Clients }, "(h) A refresh token");

    [Fact]
    public void Two_seeds_of_which_the_last_one_alone_is_remembered_take_turns() =>
        IsCaught(new Scenario("last seed only") { Design = Design.LastSeedOnly, Meanings = Meanings.Seeds }, "(j)");

    [Fact]
    public void Versions_that_take_no_token_of_another_for_their_own_take_turns() =>
        IsCaught(
            new Scenario("older tokens") { Design = Design.OlderTokens, Meanings = Meanings.Scopes, Machines = 3, Habits = ServerHabits.EndsFormerAccessTokens },
            "(i)");

    private static void IsCaught(Scenario scenario, string rule)
    {
        for (var seed = 0; seed < Limit; seed++)
        {
            if (Fleet.Run(seed, scenario).Wrong.Exists(wrong => wrong.StartsWith(rule, StringComparison.Ordinal)))
            {
                return;
            }
        }

        Assert.Fail($"{Limit} seeds of '{scenario}' broke no rule {rule}.");
    }
}
