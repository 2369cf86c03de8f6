namespace TokenKit.Simulation.Tests;

/// <summary>The conditions under which seeds run, and how many of every hundred seeds each gets.</summary>
internal static class Scenarios
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private static readonly FaultKind[] Everything = Enum.GetValues<FaultKind>();

    public static readonly Scenario NoFaults = new("no faults") { Machines = 3 };

    public static readonly Scenario OneFaultWithGrace = new("one fault, grace") { Faults = Everything, Grace = Grace };

    public static readonly Scenario OneFaultStrict = new("one fault, strict") { Faults = Everything };

    public static readonly Scenario CombinedWithGrace = new("crash, pause, lost answer and failing writes, grace")
    {
        Faults = [FaultKind.Crash, FaultKind.Pause, FaultKind.LostAnswer, FaultKind.FailingWrites], AllFaults = true, Grace = Grace,
    };

    public static readonly Scenario CombinedStrict = new("crash, pause, lost answer and failing writes, strict")
    {
        Faults = CombinedWithGrace.Faults, AllFaults = true,
    };

    public static readonly Scenario BadStore = new("failing writes, lost commit and outage of the store, strict")
    {
        Faults = [FaultKind.FailingWrites, FaultKind.LostCommit, FaultKind.StoreOutage], AllFaults = true,
    };

    /// <summary>Each hundred seeds runs these, one by one in this order of shares.</summary>
    public static readonly (Scenario Scenario, int Share)[] Shares =
    [
        (NoFaults, 25), (OneFaultWithGrace, 25), (OneFaultStrict, 20), (CombinedWithGrace, 10), (CombinedStrict, 10), (BadStore, 10),
    ];

    /// <summary>The one scenario that every seed runs, by its name: <c>TOKENKIT_SCENARIO</c>.</summary>
    public static readonly Scenario? Only = Environment.GetEnvironmentVariable("TOKENKIT_SCENARIO") is { Length: > 0 } name
        ? Shares.Select(static share => share.Scenario).Single(scenario => scenario.Name == name)
        : null;

    /// <summary>The habits of the server that every seed meets, by their names: <c>TOKENKIT_HABITS</c>.</summary>
    public static readonly ServerHabits? OnlyHabits = Environment.GetEnvironmentVariable("TOKENKIT_HABITS") is { Length: > 0 } names
        ? Enum.Parse<ServerHabits>(names)
        : null;

    /// <summary>What the machines of every seed mean by their record, by its name: <c>TOKENKIT_MEANINGS</c>.</summary>
    public static readonly Meanings? OnlyMeanings = Environment.GetEnvironmentVariable("TOKENKIT_MEANINGS") is { Length: > 0 } meanings
        ? Enum.Parse<Meanings>(meanings)
        : null;

    // Of every eight hundred seeds each hundred meets one of these. In this order the seeds that once broke a rule meet the
    // server they met then.
    private static readonly ServerHabits[] HabitsInTurn =
    [
        ServerHabits.EndsFormerAccessTokens, ServerHabits.NarrowsGrant, ServerHabits.None, ServerHabits.None,
        ServerHabits.EndsFormerAccessTokens | ServerHabits.NarrowsGrant, ServerHabits.None, ServerHabits.None, ServerHabits.None,
    ];

    // Each eight hundred of every 12,800 seeds have one of these, in an order in which the seeds that once broke a rule have the
    // one definition they had then.
    private static readonly Meanings[] MeaningsInTurn =
    [
        Meanings.None, Meanings.Scopes, Meanings.Audiences, Meanings.Registrations, Meanings.Seeds, Meanings.Clients, Meanings.ScopesOfMany, Meanings.None,
        Meanings.RegistrationsOfMany, Meanings.Scopes, Meanings.Seeds, Meanings.None, Meanings.None, Meanings.None, Meanings.None, Meanings.None,
    ];

    /// <summary>The scenario of a seed: a seed alone says everything about a run, unless one scenario, habit or meaning is asked for.</summary>
    public static Scenario Of(int seed) => (Only ?? DrawnBy(seed)) with
    {
        Habits = OnlyHabits ?? HabitsInTurn[seed / 100 % HabitsInTurn.Length],
        Meanings = OnlyMeanings ?? MeaningsInTurn[seed / 800 % MeaningsInTurn.Length],
    };

    private static Scenario DrawnBy(int seed)
    {
        var left = seed % 100;
        foreach (var (scenario, share) in Shares)
        {
            if ((left -= share) < 0)
            {
                return scenario;
            }
        }

        throw new InvalidOperationException("The shares do not add up to a hundred.");
    }
}
