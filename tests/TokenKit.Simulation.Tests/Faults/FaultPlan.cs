namespace TokenKit.Simulation.Tests;

/// <summary>Where the faults of a seed strike. Drawn before the run, so that they do not depend on one another.</summary>
internal sealed class FaultPlan
{
    // A refresh is about a dozen awaits; these reach over the first few.
    private const int Awaits = 45;
    private const int Requests = 5;
    private const int StoreCalls = 40;

    private readonly List<Strike> _machine = [];
    private readonly List<Strike> _network = [];
    private readonly List<Strike> _store = [];

    public FaultPlan(Scenario scenario, Random random)
    {
        IEnumerable<FaultKind> kinds = scenario.Faults.Count == 0 ? []
            : scenario.AllFaults ? scenario.Faults
            : [scenario.Faults[random.Next(scenario.Faults.Count)]];
        foreach (var kind in kinds)
        {
            var (list, range) = ListOf(kind);
            var machine = list == _machine ? random.Next(scenario.Machines) : 0;
            list.Add(new Strike(kind, machine, random.Next(1, range), random.Next()));
        }
    }

    /// <summary>Nothing strikes any more.</summary>
    public void End()
    {
        _machine.Clear();
        _network.Clear();
        _store.Clear();
    }

    /// <summary>What strikes a machine at its n-th await.</summary>
    public IReadOnlyList<Strike> AtAwait(int machine, int number) =>
        _machine.FindAll(strike => strike.Machine == machine && strike.Number == number);

    /// <summary>What strikes the n-th request that leaves any machine.</summary>
    public FaultKind? AtRequest(int number) => _network.Find(strike => strike.Number == number)?.Kind;

    /// <summary>What strikes the n-th write; an outage is asked for at every call.</summary>
    public Strike? AtWrite(int number) => _store.Find(strike => strike.Kind switch
    {
        FaultKind.FailingWrites => number >= strike.Number && number < strike.Number + 1 + (strike.Draw % 5),
        FaultKind.LostCommit => number == strike.Number,
        _ => false,
    });

    /// <summary>The outage that begins at the n-th call of any machine to the store.</summary>
    public Strike? AtStoreCall(int number) =>
        _store.Find(strike => strike.Kind is FaultKind.StoreOutage && number == strike.Number);

    private (List<Strike> List, int Range) ListOf(FaultKind kind) => kind switch
    {
        FaultKind.Crash or FaultKind.Pause or FaultKind.Suspend or FaultKind.ClockJump => (_machine, Awaits),
        FaultKind.FailingWrites or FaultKind.LostCommit => (_store, Requests + 2),
        FaultKind.StoreOutage => (_store, StoreCalls),
        _ => (_network, Requests),
    };
}

/// <summary>One planned fault.</summary>
/// <param name="Kind">What.</param>
/// <param name="Machine">Which machine, for those that strike one.</param>
/// <param name="Number">At which await, request, write or call.</param>
/// <param name="Draw">A number for how long or how far.</param>
internal sealed record Strike(FaultKind Kind, int Machine, int Number, int Draw);
