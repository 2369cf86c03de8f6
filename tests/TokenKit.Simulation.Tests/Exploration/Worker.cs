namespace TokenKit.Simulation.Tests;

/// <summary>One of the machines of an exploration, and the one step of it that is to be done next.</summary>
internal sealed class Worker(ExploredRun run, Machine machine)
{
    private ulong _knowledge = Fingerprint.Empty;
    private long _begunAt;
    private long _leasedAt;
    private long _toldAt;

    public Machine Machine { get; } = machine;

    /// <summary>The step that waits for its turn; <see langword="null"/> while the machine waits for its clock, or is done.</summary>
    public Step? Waiting { get; private set; }

    /// <summary>Whether it holds a lease, as far as it knows.</summary>
    public bool IsHolder
    {
        get;
        set
        {
            field = value;
            _leasedAt = run.Now;
        }
    }

    /// <summary>What the machine was told, and how long ago what its decisions count from: the beginning, the lease, the last step.</summary>
    /// <remarks>Two machines that were told the same at the same times are in the same state.</remarks>
    public ulong Fingerprinted(long now)
    {
        if (Machine.IsDead)
        {
            return Fingerprint.Empty;
        }

        var state = Fingerprint.Add(_knowledge, Waiting?.Name ?? "");
        state = Fingerprint.Add(Fingerprint.Add(state, Machine.IsStopped ? now - Machine.StoppedAt : -1), now - _begunAt);
        return Fingerprint.Add(Fingerprint.Add(state, now - _leasedAt), now - _toldAt);
    }

    /// <summary>Somebody asks it for a new token.</summary>
    public void Begin() => _begunAt = run.Now;

    /// <summary>Waits for the turn of a step, does it, and learns what came of it.</summary>
    public async Task<T> RunAsync<T>(string name, Func<T> step, Func<T, string> describe, CancellationToken cancellationToken)
    {
        var turn = await TurnAsync(name, cancellationToken);
        if (turn is Turn.Refused)
        {
            Learn(name + " refused");
            throw new IOException("The store refused.");
        }

        var result = step();
        await Machine.ReachAsync();
        Learn($"{name}: {describe(result)}");
        return result;
    }

    /// <summary>Waits until it is this machine's turn.</summary>
    public async Task<Turn> TurnAsync(string name, CancellationToken cancellationToken)
    {
        if (run.IsOver)
        {
            return Turn.Done;
        }

        var step = new Step(name);
        using var registration = cancellationToken.UnsafeRegister(
            static (step, token) => ((Step)step!).TrySetCanceled(token), step);
        Waiting = step;
        try
        {
            return await step.Task;
        }
        finally
        {
            if (Waiting == step)
            {
                Waiting = null;
            }
        }
    }

    /// <summary>Lets the step that waits have its turn.</summary>
    public void Go(Turn turn)
    {
        var step = Waiting!;
        Waiting = null;
        step.SetResult(turn);
    }

    public void Learn(string what)
    {
        run.AddLine(Machine, what);
        _knowledge = Fingerprint.Add(_knowledge, what);
        _toldAt = run.Now;
    }
}

/// <summary>A step of one machine that changes or reads what all share.</summary>
internal sealed class Step(string name) : TaskCompletionSource<Turn>
{
    public string Name { get; } = name;
}

/// <summary>How a step goes.</summary>
internal enum Turn
{
    /// <summary>It is done. A machine that stands still hears the answer when it goes on.</summary>
    Done,

    /// <summary>The store refuses it.</summary>
    Refused,

    /// <summary>It is done, and its answer is lost.</summary>
    Lost,
}
