using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Testing;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Simulation.Tests;

/// <summary>One order of steps and faults of a few workers, each of which refreshes once with the production classes.</summary>
internal sealed class ExploredRun : IDisposable
{
    public const string Write = "write";
    public const string Answer = "answer";

    private static readonly TokenKitActivities Activities = new();
    private static readonly Dictionary<TimeSpan, TokenDefinition> Definitions = new[] { TimeSpan.Zero, TimeSpan.FromHours(1) }
        .ToDictionary(static grace => grace, Simulation.Tests.Definitions.Brief);

    private readonly World _world;
    private readonly FakeTokenEndpoint _endpoint;
    private readonly TokenKitMetrics _metrics = Program.Metrics();
    private readonly RefreshTelemetry _telemetry;
    private readonly List<Worker> _workers = [];
    private readonly List<TokenComposition> _programs = [];
    private readonly List<Move> _moves = [];
    private readonly Conditions _conditions;
    private FaultBudget _left;
    private int _begun;
    private ulong _server = Fingerprint.Empty;
    private ulong _state = Fingerprint.Empty;
    private (long Epoch, long Until) _lease;
    private long _waitsUntil;

    public ExploredRun(Conditions conditions, bool isWritten = false)
    {
        (_conditions, _left) = (conditions, conditions.Faults);
        _world = new World(0, new Scenario("exploration"), isWritten);
        _endpoint = new SimulatedServer(_world, TimeSpan.FromHours(1), conditions.Grace, conditions.Server is not ServerMode.Static).Endpoint;
        _telemetry = new RefreshTelemetry(_metrics, Activities, new LeakWatch(_world.History), _world.Time);
        Store = new InMemorySecretStore(_world.Time);
        var granted = new TokenSet { RefreshToken = new SecretText(_endpoint.IssueRefreshToken()), ObtainedAt = _world.Time.GetUtcNow() };
        _ = new TokenSetStore(Store, _world.Time).WriteAsync(Fleet.Key, TokenRecord.Of(granted, default), SecretCondition.Any, CancellationToken.None).AsTask();
        for (var number = 0; number < Conditions.Workers; number++)
        {
            var (worker, program) = Start(number, $"{(char)('A' + number)}");
            _workers.Add(worker);
            _programs.Add(program);
        }
    }

    public InMemorySecretStore Store { get; }

    public Design Design => _conditions.Design;

    /// <summary>Whether all is quiet, and nobody's turn is waited for any more.</summary>
    public bool IsOver { get; private set; }

    public long Now => _world.Time.GetTimestamp();

    public IReadOnlyList<string> Told => _world.History.Lines;

    /// <summary>What can happen now, always in the same order; nothing when all is quiet.</summary>
    public IReadOnlyList<Move> Moves()
    {
        _moves.Clear();
        for (var number = 0; number < _begun; number++)
        {
            AddMovesOf(number);
        }

        if (_begun < _workers.Count)
        {
            _moves.Add(new Move(MoveKind.Begin, _begun));
        }

        if (_workers.TrueForAll(static worker => worker.Waiting is null || worker.Machine.IsDead || worker.Machine.IsStopped)
            && _world.Time.NextTimerIn is not null)
        {
            _moves.Add(new Move(MoveKind.Time, -1));
        }

        return _moves;
    }

    public void Make(Move move)
    {
        var worker = move.Worker < 0 ? null : _workers[move.Worker];
        switch (move.Kind)
        {
            case MoveKind.Time:
                _world.Time.Advance(_world.Time.NextTimerIn!.Value);
                break;
            case MoveKind.Begin:
                _begun++;
                worker!.Begin();
                _ = _programs[move.Worker].Refresher.RefreshAsync().AsTask();

                // To have begun and not to have read yet is as not to have begun.
                worker.Go(Turn.Done);
                break;
            case MoveKind.Step:
                worker!.Go(Turn.Done);
                break;
            case MoveKind.Refuse:
                _left = _left with { Refusals = _left.Refusals - 1 };
                worker!.Go(Turn.Refused);
                break;
            case MoveKind.Lose:
                _left = _left with { LostAnswers = _left.LostAnswers - 1 };
                worker!.Go(Turn.Lost);
                break;
            case MoveKind.Crash:
                _left = _left with { Crashes = _left.Crashes - 1 };
                AddLine(worker!.Machine, $"dies before: {worker.Waiting?.Name}");
                worker.Machine.Die();
                break;
            case MoveKind.Stop:
                _left = _left with { Pauses = _left.Pauses - 1 };
                AddLine(worker!.Machine, $"stands still before: {worker.Waiting?.Name}");
                worker.Machine.StandStill();
                break;
            case MoveKind.GoOn:
                worker!.Machine.GoOn();
                break;
        }
    }

    /// <summary>
    /// Everything that decides how the run can go on. Workers are alike, so which of them is in which state does not matter; and
    /// nothing depends on when it all began, only on how long ago each thing was.
    /// </summary>
    public ulong Fingerprinted()
    {
        var workers = _workers.Select(worker => worker.Fingerprinted(Now)).Order();
        var whole = Fingerprint.Add(_state, (long)_server);
        whole = Fingerprint.Add(whole, (_left.Refusals * 1000) + (_left.LostAnswers * 100) + (_left.Crashes * 10) + _left.Pauses + (_begun * 10_000));
        whole = Fingerprint.Add(Fingerprint.Add(whole, _lease.Epoch), Math.Max(_lease.Until - Now, 0));
        whole = Fingerprint.Add(whole, Math.Max(_waitsUntil - Now, 0));
        return workers.Aggregate(whole, static (sum, worker) => Fingerprint.Add(sum, (long)worker));
    }

    /// <summary>When all is quiet: whether a healthy machine with nothing in memory can refresh.</summary>
    public bool IsGrantLost()
    {
        IsOver = true;
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        var probe = Start(Conditions.Workers, "Z").Program.Refresher.RefreshAsync().AsTask();
        _world.RunUntil(() => probe.IsCompleted);
        return !probe.IsCompleted || !probe.Result.Succeeded;
    }

    public void Leased(long epoch, TimeSpan duration) => _lease = (epoch, Now + duration.Ticks);

    public void Released(long epoch, RefreshState state)
    {
        _state = Fingerprint.Add(_state, $"{epoch} {state}");
        if (_lease.Epoch == epoch)
        {
            _lease = default;
            _waitsUntil = Now + state.NotBefore.Ticks;
        }
    }

    public void Wrote(SecretCondition condition, SecretWriteResult result, ReadOnlyMemory<byte> value)
    {
        if (result.Outcome is SecretWriteOutcome.Written)
        {
            var entry = new SecretEntry { Value = value, Version = result.Version };
            var set = TokenSetCodec.Decode(entry, ClockReading.Now(_world.Time), Fleet.Key).Last;
            _state = Fingerprint.Add(Fingerprint.Empty, $"{condition} {result.Version} {set.RefreshToken?.Reveal()} {set.AccessToken?.Reveal()}");
        }
    }

    public void Redeemed(Machine machine, ReceivedTokenRequest request)
    {
        var what = $"{request.RefreshToken}: {request.Outcome} {request.IssuedRefreshToken}";
        AddLine(machine, "server: " + what);
        _server = Fingerprint.Add(_server, what);
    }

    public void AddLine(Machine machine, string what) => _world.History.AddLine(machine.Name, what);

    public void Dispose() => _metrics.Dispose();

    private void AddMovesOf(int number)
    {
        var worker = _workers[number];
        var (isDead, isStopped) = (worker.Machine.IsDead, worker.Machine.IsStopped);
        if (isDead)
        {
            return;
        }

        if (worker.Waiting is { } step)
        {
            _moves.Add(new Move(MoveKind.Step, number));
            if (step.Name == Write && _left.Refusals > 0)
            {
                _moves.Add(new Move(MoveKind.Refuse, number));
            }

            if (step.Name == Answer && _left.LostAnswers > 0)
            {
                _moves.Add(new Move(MoveKind.Lose, number));
            }
        }

        // Going on before any time has passed is being slow, which every machine may be.
        if (isStopped && Now > worker.Machine.StoppedAt)
        {
            _moves.Add(new Move(MoveKind.GoOn, number));
        }

        // Whoever neither waits for a turn nor holds the lease has nothing that could be missed.
        if (worker.Waiting is null && !worker.IsHolder && !isStopped)
        {
            return;
        }

        if (_left.Crashes > 0)
        {
            _moves.Add(new Move(MoveKind.Crash, number));
        }

        if (_left.Pauses > 0 && !isStopped)
        {
            _moves.Add(new Move(MoveKind.Stop, number));
        }
    }

    private (Worker Worker, TokenComposition Program) Start(int number, string name)
    {
        var machine = new Machine(_world, number, name, countsPauses: Design is not Design.NoRecheck);
        var worker = new Worker(this, machine);
        var store = new ExploredStore(this, worker);
        var program = Program.Compose(
            machine, Definitions[_conditions.Grace], store, store, new ExploredNetwork(this, worker, _endpoint), _telemetry, new EvenRandomness(), new AtOnce());
        return (worker, program);
    }

    /// <summary>Always the middle: what overtakes what is explored, not drawn.</summary>
    private sealed class EvenRandomness : Randomness
    {
        public override void Fill(Span<byte> bytes) => bytes.Fill(0x80);
    }

    /// <summary>Starts detached work where it is asked for: its first step waits for its turn anyway.</summary>
    private sealed class AtOnce : IWorkSpawner
    {
        public TaskCreationOptions CompletionOptions => TaskCreationOptions.None;

        public void Start<TState>(Func<TState, Task> work, TState state) => _ = RunAsync(work, state);

        // An async method, so that what the work sets in its context stays in it.
        private static async Task RunAsync<TState>(Func<TState, Task> work, TState state) => await work(state);
    }
}
