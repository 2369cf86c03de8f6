namespace TokenKit.Simulation.Tests;

/// <summary>
/// All orders of the steps of three workers, each of which refreshes once at any time, with a fault at every place: not a sample
/// of seeds, but every state there is. The steps are those of the production classes. Machines are quick: time passes only while
/// all of them wait or stand still.
/// </summary>
/// <remarks>Several faults in one run have too many states for every build: all of them with <c>TOKENKIT_LONG=1</c>, else those that are found first.</remarks>
public class ExhaustiveTests
{
    private const int RunsOfShortSearch = 3_000;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("TOKENKIT_LONG") == "1";

    private static readonly Dictionary<string, FaultBudget> Budgets = new(StringComparer.Ordinal)
    {
        ["nothing"] = new FaultBudget(),
        ["two refused writes"] = new FaultBudget(Refusals: 2),
        ["a lost answer"] = new FaultBudget(LostAnswers: 1),
        ["a crash"] = new FaultBudget(Crashes: 1),
        ["a pause"] = new FaultBudget(Pauses: 1),
    };

    // A pause has by far the most states, and a server that replaces nothing can lose nothing by it; that is for a long run.
    public static TheoryData<ServerMode, string> SingleFaults =>
        Enum.GetValues<ServerMode>().SelectMany(_ => Budgets.Keys, static (server, fault) => (Server: server, Fault: fault))
            .Where(static row => IsLong || row is not (ServerMode.Static, "a pause"))
            .Aggregate(new TheoryData<ServerMode, string>(), static (data, row) =>
            {
                data.Add(row.Server, row.Fault);
                return data;
            });

    [Theory]
    [MemberData(nameof(SingleFaults))]
    public void One_fault_costs_a_grant_only_where_the_server_is_strict_and_its_answer_did_not_arrive(ServerMode server, string fault)
    {
        var mayLose = server is ServerMode.Strict && fault is ("a lost answer" or "a crash" or "a pause");

        var (loss, isComplete) = Explore(new Conditions(server, Budgets[fault]));

        (loss is not null).Should().Be(mayLose, "{0}", loss);
        (isComplete || mayLose).Should().BeTrue("a search that finds nothing must have looked everywhere");
    }

    [Fact]
    public void All_faults_together_cost_the_grant_of_a_strict_server() =>
        Explore(new Conditions(ServerMode.Strict, new FaultBudget(Refusals: 2, LostAnswers: 1, Crashes: 1, Pauses: 1))).Loss.Should().NotBeNull();

    // A model of the fence alone can lose with a pause and a second fault. These classes settle after a takeover and read again
    // before they send again.
    [Theory]
    [InlineData(ServerMode.Static, 2, 1, 1, 1)]
    [InlineData(ServerMode.Grace, 2, 1, 1, 0)]
    [InlineData(ServerMode.Grace, 0, 0, 1, 1)]
    [InlineData(ServerMode.Grace, 0, 1, 0, 1)]
    [InlineData(ServerMode.Grace, 1, 0, 0, 1)]
    [InlineData(ServerMode.Grace, 2, 1, 1, 1)]
    public void Several_faults_cost_no_grant_where_the_server_takes_a_token_again(ServerMode server, int refusals, int lostAnswers, int crashes, int pauses)
    {
        var conditions = new Conditions(server, new FaultBudget(refusals, lostAnswers, crashes, pauses));

        Explore(conditions, IsLong ? int.MaxValue : RunsOfShortSearch).Loss.Should().BeNull();
    }

    [Theory]
    [InlineData(nameof(Design.NoCoordination), ServerMode.Strict, "nothing")]
    [InlineData(nameof(Design.VersionOnly), ServerMode.Strict, "nothing")]
    [InlineData(nameof(Design.NoRecheck), ServerMode.Grace, "a pause")]
    public void Known_bad_designs_lose_the_grant(string design, ServerMode server, string fault) =>
        Explore(new Conditions(server, Budgets[fault], Enum.Parse<Design>(design))).Loss.Should().NotBeNull();

    private static (string? Loss, bool IsComplete) Explore(Conditions conditions, int runs = int.MaxValue)
    {
        // With a synchronization context continuations would be posted to other threads.
        SynchronizationContext.SetSynchronizationContext(null);
        var explorer = new Explorer(conditions);
        var loss = explorer.FindLoss(runs);
        Console.WriteLine($"{conditions}: {explorer.States} states, {explorer.Runs} runs, {(loss is not null ? "a loss" : explorer.IsComplete ? "no loss" : "no loss so far")}");
        return (loss is null ? null : Explorer.Describe(conditions, loss), explorer.IsComplete);
    }
}
