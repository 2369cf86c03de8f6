using TokenKit.Definitions;
using TokenKit.Refresh.Persist;
using TokenKit.Source;
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

    private static readonly string?[] AskedScopes = [null, "read", "write read"];

    private readonly Scenario _scenario;
    private readonly World _world;
    private readonly SimulatedServer _server;
    private readonly SharedStore _shared;
    private readonly TokenDefinition _definition;
    private readonly TimeSpan _lifetime;
    private readonly string? _askedScope;
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
        _server = new SimulatedServer(_world, _lifetime, scenario.Grace, habits: scenario.Habits);
        _shared = new SharedStore(_world);
        var narrows = scenario.Habits.HasFlag(ServerHabits.NarrowsGrant);
        _askedScope = narrows ? AskedScopes[_world.Random.Next(AskedScopes.Length)] : null;
        var seedToken = _server.Endpoint.IssueRefreshToken(scope: narrows ? SimulatedServer.GrantedScope : null);
        _definition = Definitions.For(seedToken, scenario.Grace, _askedScope);
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
        var quiet = _world.PassAsync(2 * LeasedRecord.LeaseDurationFor(_definition.Resilience));
        _world.RunUntil(() => quiet.IsCompleted);
        HistoryChecker.Check(_world.History, _scenario, Probe());
        if (_scenario.Habits.HasFlag(ServerHabits.NarrowsGrant))
        {
            HistoryChecker.CheckScopes(_world.History, _server.Endpoint, _askedScope ?? SimulatedServer.GrantedScope);
        }
    }

    // A healthy machine with nothing in memory comes last: can it refresh?
    private EndState Probe()
    {
        var wasCurrent = _world.History.Commits.Count == 0 || IsStoredCurrent();
        _world.History.AddLine("", "all is quiet; a new machine refreshes");
        var machine = new Machine(_world, int.MaxValue, "Z");
        var probe = Compose(machine, Design.Ours).Refresher.RefreshAsync().AsTask();
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
        var instance = Compose(machine, _scenario.Design);
        var running = new RunningMachine(machine, instance);
        _running.Add(running);
        var callers = _world.Random.Next(1, 3);
        for (var caller = 0; caller < callers; caller++)
        {
            running.Callers.Add(CallAsync(running));
        }
    }

    private async Task StartAgainAsync(Machine dead)
    {
        // The one in its place has another number, so that the same fault does not strike it again.
        _running.RemoveAll(running => running.Machine == dead);
        var starts = new RunningMachine(dead, instance: null);
        _running.Add(starts);
        await _world.PassAsync(10_000);
        _running.Remove(starts);
        Start(dead.Number + _scenario.Machines);
    }

    private async Task CallAsync(RunningMachine running)
    {
        var (machine, instance) = (running.Machine, running.Instance!);
        for (var call = 0; call < 3; call++)
        {
            await Task.Delay(_lifetime * (_world.Random.NextDouble() * 0.6), machine.Clock);
            _demands++;
            var floor = running.NewestServed;
            try
            {
                var token = await AskAsync(instance);
                Served(running, token.Reveal(), floor);
                if (_scenario.Habits.HasFlag(ServerHabits.EndsFormerAccessTokens))
                {
                    await UseAsync(running, token);
                }
            }
            catch (OperationCanceledException)
            {
                _world.History.AddLine(machine.Name, "caller left");
            }
            catch (TokenRefreshException exception)
            {
                _world.History.AddLine(machine.Name, $"caller failed: {exception.Reason}");
                if (_world.History.Faults.Count == 0)
                {
                    _world.History.Broke($"A caller failed although nothing went wrong: {exception.Message}");
                }

                LeakWatch.Search(exception, _world.History);
            }
            catch (Exception exception)
            {
                _world.History.Broke($"A caller failed as none may: {exception.GetType().Name}: {exception.Message}");
            }
        }
    }

    private void Served(RunningMachine running, string token, int floor)
    {
        var number = SimulatedServer.NumberOf(token);
        _world.History.AddLine(running.Machine.Name, $"serves access-{number}");
        running.NewestServed = Math.Max(running.NewestServed, number);
        if (number < floor)
        {
            _world.History.Broke($"(d) A caller got access-{number} after another had got access-{floor}.");
        }

        if (!running.Machine.HasJustStoodStill && _server.Endpoint.ReuseDetections == 0 && !_server.IsGood(token))
        {
            _world.History.Broke($"A caller was given a token that the server calls {_server.Endpoint.StateOf(token)}.");
        }
    }

    // Calls the API as the handler does: after a 401 it asks once for another token and sends the call again.
    private async Task UseAsync(RunningMachine running, AccessToken token)
    {
        if (await IsAcceptedAsync(running.Machine, token.Reveal(), isResent: false))
        {
            return;
        }

        _demands++;
        var floor = running.NewestServed;
        var other = await running.Instance!.Source.GetTokenAsync(new TokenDemand { Rejected = token });
        Served(running, other.Reveal(), floor);
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
        _world.History.Called(machine.Name, SimulatedServer.NumberOf(token), isAccepted, isAccepted ? null : _server.MachineThatEnded(token), isResent);
        await machine.ReachAsync();
        return isAccepted;
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
                return await instance.Source.GetTokenAsync(new TokenDemand { MinimumValidity = _lifetime / 2 });

            case 3:
                var result = await instance.Refresher.RefreshAsync();
                _demands++;
                return result.Token ?? await instance.Source.GetTokenAsync();

            default:
                return await instance.Source.GetTokenAsync();
        }
    }

    private TokenComposition Compose(Machine machine, Design design)
    {
        SimulatedStore store = design switch
        {
            Design.NoCoordination => new UncoordinatedStore(_world, machine, _shared, comparesVersions: false),
            Design.VersionOnly => new UncoordinatedStore(_world, machine, _shared, comparesVersions: true),
            Design.BlindWrite => new BlindStore(_world, machine, _shared),
            Design.CapturedToken => new CapturingStore(_world, machine, _shared),
            _ => new SimulatedStore(_world, machine, _shared),
        };
        return Program.Compose(
            machine, _definition, store, store, new SimulatedNetwork(_world, machine, _server), _telemetry,
            new SeededRandomness(_world.Random), new SimulatedWork(_world, machine));
    }
}
