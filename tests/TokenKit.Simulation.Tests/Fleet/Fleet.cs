using TokenKit.Refresh.Persist;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>Some machines with the production classes on them, their callers, one store and one server, on one thread under one seed.</summary>
internal sealed class Fleet : IDisposable
{
    public static readonly SecretKey Key = new("Production", "crm") { Kind = SecretKind.TokenSet };

    // Shared by all runs: nobody listens, and making one takes a lock of the whole process.
    private static readonly TokenKitActivities Activities = new();

    private readonly Scenario _scenario;
    private readonly World _world;
    private readonly SimulatedServer _server;
    private readonly SharedStore _shared;
    private readonly FleetMeanings _meanings;
    private readonly TimeSpan _lifetime;
    private readonly TokenKitMetrics _metrics = Program.Metrics();
    private readonly RefreshTelemetry _telemetry;
    private readonly List<RunningMachine> _running = [];
    private int _demands;
    private int _started;

    private Fleet(int seed, Scenario scenario, bool isWritten)
    {
        _scenario = scenario;
        _world = new World(seed, scenario, isWritten);
        _lifetime = TimeSpan.FromSeconds(_world.Random.Next(20, 120));
        _server = new SimulatedServer(_world, _lifetime, scenario.Grace, habits: scenario.Habits)
        {
            KeepsMany = scenario.Meanings is Meanings.ScopesOfMany or Meanings.RegistrationsOfMany,
        };
        _shared = new SharedStore(_world);
        _meanings = new FleetMeanings(scenario, _server, _world.Random);
        _telemetry = new RefreshTelemetry(_metrics, Activities, new LeakWatch(_world.History), _world.Time);
    }

    /// <summary>Runs a seed to its end on the thread that calls.</summary>
    public static History Run(int seed, Scenario scenario, bool isWritten = false)
    {
        // With a synchronization context continuations would be posted to other threads.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            using var fleet = new Fleet(seed, scenario, isWritten);
            fleet.RunOut();
            return fleet._world.History;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose() => _metrics.Dispose();

    private void RunOut()
    {
        for (var number = 0; number < _scenario.Machines; number++)
        {
            Start(number);
        }

        var isDone = _world.RunUntil(() => _running.TrueForAll(static running => running.IsDone));
        if (!isDone)
        {
            _world.History.Broke("Something waits for ever.");
            return;
        }

        _world.Plan.End();
        _shared.Recover();

        // What is left to be written is written, and what a dead machine held runs out.
        var quiet = _world.PassAsync(2 * LeasedRecord.LeaseDurationFor(Definitions.For(_meanings.All[0]).Resilience));
        _world.RunUntil(() => quiet.IsCompleted);
        HistoryChecker.Check(_world.History, _scenario, Probe());
        if (_scenario.Habits.HasFlag(ServerHabits.NarrowsGrant))
        {
            HistoryChecker.CheckScopes(_world.History, _server.Endpoint, [.. _meanings.All.Select(static meaning => meaning.Scope ?? SimulatedServer.GrantedScope)]);
        }

        if (_scenario.Meanings is not Meanings.None)
        {
            HistoryChecker.CheckMeanings(_world.History, _server, _meanings.All);
        }
    }

    // A healthy machine with nothing in memory comes last: can it refresh?
    private EndState Probe()
    {
        var wasCurrent = _world.History.Commits.Count == 0 || IsStoredCurrent();
        _world.History.AddLine("", "all is quiet; a new machine refreshes");
        var machine = new Machine(_world, int.MaxValue, "Z");
        var probe = Compose(machine, Design.Ours, [_meanings.AtEnd(_world.History, _server)])[0].Instance.Refresher.RefreshAsync().AsTask();
        _demands++;
        _world.RunUntil(() => probe.IsCompleted);
        var isLost = !probe.IsCompleted || !probe.Result.Succeeded;
        _world.History.AddLine("", isLost ? $"the grant is lost: {(probe.IsCompleted ? probe.Result.Failure?.Reason.ToString() : "nobody answers")}" : "the grant lives");
        return new EndState(isLost, wasCurrent, IsStoredCurrent(), _demands, _server.RequestsLeft);
    }

    private bool IsStoredCurrent()
    {
        var stored = new TokenSetStore(_shared.Store, _world.Time).ReadAsync(Key, default).AsTask().GetAwaiter().GetResult();
        return stored?.Set.RefreshToken is { } refreshToken && _server.Endpoint.IsCurrent(refreshToken.Reveal());
    }

    private void Start(int number)
    {
        var name = $"{(char)('A' + number)}{(_started >= _scenario.Machines ? _started : "")}";
        _started++;
        var machine = new Machine(_world, number, name, countsPauses: _scenario.Design is not Design.NoRecheck)
        {
            Died = dead =>
            {
                // A process that starts is in no refresh, although the one it follows may have died in one.
                using (ExecutionContext.SuppressFlow())
                {
                    _ = StartAgainAsync(dead);
                }
            },
        };
        var running = new RunningMachine(machine, Compose(machine, _scenario.Design, _meanings.AtStart()));
        _running.Add(running);
        var callers = _world.Random.Next(1, 3);
        for (var caller = 0; caller < callers; caller++)
        {
            running.Callers.Add(CallAsync(running));
        }

        if (_meanings.AreVersions)
        {
            running.Callers.Add(ReloadAsync(running));
        }

        if (_scenario.Meanings is Meanings.Seeds && number == 0)
        {
            running.Callers.Add(SeedAsync(running));
        }
    }

    private async Task StartAgainAsync(Machine dead)
    {
        // The one in its place has another number, so that the same fault does not strike it again.
        _running.RemoveAll(running => running.Machine == dead);
        var starts = new RunningMachine(dead, []);
        _running.Add(starts);
        await _world.PassAsync(10_000);
        _running.Remove(starts);
        Start(dead.Number + _scenario.Machines);
    }

    // A version is rolled out and back while callers go on.
    private async Task ReloadAsync(RunningMachine running)
    {
        var registration = running.Registrations[0];
        for (var reloads = _world.Random.Next(3); reloads > 0; reloads--)
        {
            await Task.Delay(_lifetime * (_world.Random.NextDouble() * 0.8), running.Machine.Clock);
            registration.Reload(_meanings.Other(registration.Meaning));
            _server.TakesUp(running.Machine.Name);
            _world.History.AddLine(running.Machine.Name, $"takes up {registration.Meaning}");
        }
    }

    // A person consents once more and puts the refresh token in by hand.
    private async Task SeedAsync(RunningMachine running)
    {
        await Task.Delay(_lifetime * (0.3 + (_world.Random.NextDouble() * 0.6)), running.Machine.Clock);
        var machine = running.Machine.Name;
        try
        {
            _world.History.AddLine(machine, "a person seeds");
            var isTaken = await running.Registrations[0].Instance.Source.SeedAsync(new TokenSeed(_server.IssueGrant(_meanings.GrantedScope)));
            _world.History.AddLine(machine, $"the seed is {(isTaken ? "stored" : "not stored")}");
        }
        catch (TokenRefreshException exception)
        {
            Failed(machine, exception, mayFail: false);
        }
    }

    private async Task CallAsync(RunningMachine running)
    {
        var machine = running.Machine;
        for (var call = 0; call < 3; call++)
        {
            await Task.Delay(_lifetime * (_world.Random.NextDouble() * 0.6), machine.Clock);
            _demands++;
            var registration = running.Registrations[running.Registrations.Count == 1 ? 0 : _world.Random.Next(running.Registrations.Count)];
            var asked = new Asked(registration);
            var hadNoGrant = HasNoGrantFor(registration);
            try
            {
                var token = await AskAsync(registration.Instance);
                Served(running, asked, token.Reveal());
                if (_scenario.Habits.HasFlag(ServerHabits.EndsFormerAccessTokens))
                {
                    await UseAsync(running, registration, token);
                }
            }
            catch (OperationCanceledException)
            {
                _world.History.AddLine(machine.Name, "caller left");
            }
            catch (TokenRefreshException exception)
            {
                registration.WasToldOfNoGrant |= hadNoGrant || HasNoGrantFor(registration);
                Failed(machine.Name, exception, mayFail: registration.WasToldOfNoGrant);
            }
            catch (Exception exception)
            {
                _world.History.Broke($"A caller failed as none may: {exception.GetType().Name}: {exception.Message}");
            }
        }
    }

    // What is stored is another client's, or nothing is and the configuration brings nothing.
    private bool HasNoGrantFor(RunningRegistration registration) =>
        registration.Meaning is var meaning
        && (FleetMeanings.OwnerIn(_world.History, _server) is { } owner ? owner != meaning.Client : meaning.Seed is null);

    private void Failed(string machine, TokenRefreshException exception, bool mayFail)
    {
        _world.History.AddLine(machine, $"caller failed: {exception.Reason}");
        if (mayFail && exception.Reason is RefreshFailureReason.ReauthorizationRequired)
        {
            _world.History.Meanings.ToldOfOtherGrant++;
        }
        else if (_world.History.Faults.Count == 0)
        {
            _world.History.Broke($"A caller failed although nothing went wrong: {exception.Message}");
        }

        LeakWatch.Search(exception, _world.History);
    }

    private void Served(RunningMachine running, Asked asked, string token)
    {
        var number = SimulatedServer.NumberOf(token);
        var registration = asked.Registration;
        _world.History.AddLine(running.Machine.Name, $"serves access-{number}{(_meanings.All.Count == 1 ? "" : $" to {registration.Meaning}")}");
        var origin = _server.OriginOf(token);
        if (asked.IsStillMeant && !FleetMeanings.IsStandIn(origin, registration.Meaning))
        {
            registration.NewestServed = Math.Max(registration.NewestServed, number);
            if (number < asked.Floor && !MayGoBack)
            {
                _world.History.Broke($"(d) A caller got access-{number} after another had got access-{asked.Floor}.");
            }
        }

        if (!running.Machine.HasJustStoodStill && _server.Endpoint.ReuseDetections == 0 && !_server.IsGood(token))
        {
            _world.History.Broke($"A caller was given a token that the server calls {_server.Endpoint.StateOf(token)}.");
        }

        if (!asked.MeantSince.Any(meaning => _meanings.MayServe(origin, meaning)))
        {
            _world.History.Broke($"(h) A caller of {registration.Meaning} got a token of {origin.Client} for '{origin.Audience}' with '{origin.Scope}'.");
        }
    }

    // Who stood still past the lease may serve once what could not be stored any more, and then what is stored for the same
    // audience.
    private bool MayGoBack => _meanings.All.Count > 1 && (_world.History.Has(FaultKind.Pause) || _world.History.Has(FaultKind.Suspend));

    // Calls the API as the handler does: after a 401 it asks once for another token and sends the call again.
    private async Task UseAsync(RunningMachine running, RunningRegistration registration, AccessToken token)
    {
        if (await IsAcceptedAsync(running.Machine, token.Reveal(), isResent: false))
        {
            return;
        }

        _demands++;
        var asked = new Asked(registration);
        var other = await registration.Instance.Source.GetTokenAsync(new TokenDemand { Rejected = token });
        Served(running, asked, other.Reveal());
        if (other.Reveal() == token.Reveal())
        {
            _world.History.Broke("(d) A call was to be sent again with the token that the API had refused.");
        }

        await IsAcceptedAsync(running.Machine, other.Reveal(), isResent: true);
    }

    private async Task<bool> IsAcceptedAsync(Machine machine, string token, bool isResent)
    {
        await _world.PassAsync(200);
        var isAccepted = _server.Endpoint.StateOf(token) is AccessTokenState.Active;
        var ending = isAccepted ? null : _server.SuccessorOf(token);
        _world.History.Called(machine.Name, SimulatedServer.NumberOf(token), isAccepted, ending?.Machine, isResent);
        if (ending is not null)
        {
            RefusedFor(ending, _server.OriginOf(token));
        }

        await machine.ReachAsync();
        return isAccepted;
    }

    private void RefusedFor(IssuedTo ending, IssuedTo ended)
    {
        var counts = _world.History.Meanings;
        counts.RefusedForAnotherAudience += ending.Audience != ended.Audience ? 1 : 0;
        counts.RefusedEarly += ending.Hurry is Hurry.None ? 0 : 1;
        counts.RefusedForTurns += ending.Hurry is Hurry.Turn ? 1 : 0;
        if (ending.Hurry is Hurry.Turn && !_meanings.All[0].KeepsMany)
        {
            _world.History.Broke("(i) A call was refused because versions of one audience take turns.");
        }
    }

    private async Task<AccessToken> AskAsync(TokenComposition instance)
    {
        switch (_world.Random.Next(10))
        {
            case 0:
                using (var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(_world.Random.Next(1, 1000)), _world.Time))
                {
                    return await instance.Source.GetTokenAsync(leaving.Token);
                }

            case 1:
                var refused = await instance.Source.GetTokenAsync();
                _demands++;
                var other = await instance.Source.GetTokenAsync(new TokenDemand { Rejected = refused });
                if (other.Reveal() == refused.Reveal())
                {
                    _world.History.Broke("(d) A caller got the token that it had reported as rejected.");
                }

                return other;

            case 2:
                return await WaitAsync(instance, new TokenDemand { MinimumValidity = _lifetime / 2 });

            case 3:
                var result = await instance.Refresher.RefreshAsync();
                _demands++;
                return result.Token ?? await instance.Source.GetTokenAsync();

            default:
                return await WaitAsync(instance, new TokenDemand());
        }
    }

    // (k) Whatever a refresh still has to do, a caller waits for the timeout at most; unless its machine stands still.
    private async Task<AccessToken> WaitAsync(TokenComposition instance, TokenDemand demand)
    {
        var start = _world.Time.GetTimestamp();
        try
        {
            return await instance.Source.GetTokenAsync(demand);
        }
        finally
        {
            var (waited, longest) = (_world.Time.GetElapsedTime(start), instance.Definitions.Current.Resilience.Timeout);
            if (waited > longest && !_world.History.Has(FaultKind.Pause) && !_world.History.Has(FaultKind.Suspend))
            {
                _world.History.Broke($"(k) A caller waited for {waited}, and none waits for more than {longest}.");
            }
        }
    }

    private List<RunningRegistration> Compose(Machine machine, Design design, IReadOnlyList<Meaning> meanings)
    {
        SimulatedStore store = design switch
        {
            Design.NoCoordination => new UncoordinatedStore(_world, machine, _shared, comparesVersions: false),
            Design.VersionOnly => new UncoordinatedStore(_world, machine, _shared, comparesVersions: true),
            Design.BlindWrite => new BlindStore(_world, machine, _shared),
            Design.CapturedToken => new CapturingStore(_world, machine, _shared),
            Design.NoTargetMark or Design.NoGrantMark or Design.LastSeedOnly or Design.OlderTokens => new ForgetfulStore(_world, machine, _shared, design),
            _ => new SimulatedStore(_world, machine, _shared),
        };
        var network = new SimulatedNetwork(_world, machine, _server);
        var records = new TokenRecords();
        return
        [
            .. meanings.Select(meaning =>
            {
                var definition = new SwitchedDefinition(meaning);
                return new RunningRegistration(definition, Program.Compose(
                    meaning.Registration, machine, definition, store, store, network, _telemetry,
                    new SeededRandomness(_world.Random), new SimulatedWork(_world, machine), records));
            }),
        ];
    }

    // What a caller begins with: it may be served by what was meant then, or what was taken up meanwhile.
    private sealed record Asked(RunningRegistration Registration)
    {
        private readonly int _reloads = Registration.Reloads;

        public IEnumerable<Meaning> MeantSince => Registration.TakenUp.Skip(_reloads);

        public int Floor { get; } = Registration.NewestServed;

        public bool IsStillMeant => Registration.Reloads == _reloads;
    }
}
