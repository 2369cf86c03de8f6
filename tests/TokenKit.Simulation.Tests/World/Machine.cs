namespace TokenKit.Simulation.Tests;

/// <summary>One process on one machine: it can die, stand still and have a clock of its own.</summary>
/// <remarks>Nothing of it runs but through <see cref="Run"/> and <see cref="ReachAsync"/>: every await ends in one of them.</remarks>
internal sealed class Machine
{
    private readonly World _world;
    private readonly Queue<Action> _deferred = new();
    private bool _isStopped;
    private long _wentOnAt = long.MinValue / 2;
    private int _awaits;

    public Machine(World world, int number, string name, bool countsPauses = true)
    {
        (_world, Number, Name) = (world, number, name);
        Clock = new MachineClock(world.Time, this, countsPauses);
    }

    public int Number { get; }

    public string Name { get; }

    public MachineClock Clock { get; }

    public bool IsDead { get; private set; }

    public bool IsStopped => _isStopped;

    /// <summary>When it was stopped last.</summary>
    public long StoppedAt { get; private set; }

    /// <summary>Whether it stands still, or has just gone on: what was decided before is carried out now.</summary>
    public bool HasJustStoodStill => _isStopped || _world.Time.GetTimestamp() - _wentOnAt < TimeSpan.TicksPerSecond;

    /// <summary>Called when it dies.</summary>
    public Action<Machine>? Died { get; init; }

    /// <summary>One await of the code that runs on it: here faults strike, and a dead machine never goes on.</summary>
    public Task ReachAsync()
    {
        if (!IsDead)
        {
            _awaits++;
            foreach (var strike in _world.Plan.AtAwait(Number, _awaits))
            {
                Suffer(strike);
            }
        }

        if (!IsDead && !_isStopped)
        {
            return Task.CompletedTask;
        }

        var goesOn = new TaskCompletionSource();
        Run(goesOn.SetResult);
        return goesOn.Task;
    }

    /// <summary>Runs something now, or when the machine goes on, or never.</summary>
    public void Run(Action action)
    {
        if (IsDead)
        {
            return;
        }

        if (_isStopped)
        {
            _deferred.Enqueue(action);
            return;
        }

        action();
    }

    /// <summary>It dies: nothing of it goes on.</summary>
    public void Die()
    {
        IsDead = true;
        _deferred.Clear();
        Died?.Invoke(this);
    }

    /// <summary>It stands still until <see cref="GoOn"/>.</summary>
    public void StandStill()
    {
        _isStopped = true;
        StoppedAt = _world.Time.GetTimestamp();
    }

    /// <summary>It goes on with what came about meanwhile.</summary>
    public void GoOn()
    {
        Clock.StoodStill += _world.Time.GetElapsedTime(StoppedAt);
        _isStopped = false;
        _wentOnAt = _world.Time.GetTimestamp();
        _world.History.AddLine(Name, "goes on");
        while (!_isStopped && !IsDead && _deferred.TryDequeue(out var action))
        {
            action();
        }
    }

    private void Suffer(Strike strike)
    {
        switch (strike.Kind)
        {
            case FaultKind.Crash:
                _world.History.Fault(strike.Kind, Name, "dies");
                Die();
                break;

            case FaultKind.ClockJump:
                var jump = TimeSpan.FromSeconds(Math.Pow(10, strike.Draw % 9)) * (strike.Draw % 2 == 0 ? 1 : -1);
                _world.History.Fault(strike.Kind, Name, $"wall clock set by {jump}");
                Clock.WallOffset += jump;
                break;

            default:
                var span = TimeSpan.FromMilliseconds(500 + (strike.Draw % 25_000));
                _world.History.Fault(strike.Kind, Name, $"stands still for {span.TotalSeconds:F1} s");
                _ = StandStillAsync(span, strike.Kind is FaultKind.Suspend);
                break;
        }
    }

    private async Task StandStillAsync(TimeSpan span, bool sleeps)
    {
        StandStill();
        await _world.PassAsync(span);
        Clock.Slept += sleeps ? span : TimeSpan.Zero;
        GoOn();
    }
}
