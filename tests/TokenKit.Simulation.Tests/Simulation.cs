using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TokenKit.Testing;

namespace TokenKit.Simulation.Tests;

/// <summary>Some instances of one registration, their callers, one store and one server, all on one thread under one seed.</summary>
internal sealed class Simulation
{
    private static readonly SecretKey Key = new("Production", "crm");

    private readonly Scenario _scenario;
    private readonly Random _random;
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Moments _moments;
    private readonly FakeTokenEndpoint _endpoint;
    private readonly InMemorySecretStore _shared;
    private readonly TimeSpan _lifetime;
    private readonly List<string> _faults = [];

    private Simulation(int seed, Scenario scenario)
    {
        _scenario = scenario;
        _random = new Random(seed);
        _moments = new Moments(_time, _random);
        _lifetime = TimeSpan.FromSeconds(_random.Next(30, 600));
        _endpoint = new FakeTokenEndpoint(
            new FakeTokenEndpointOptions { AccessTokenLifetime = _lifetime, ReuseGrace = scenario.Grace }, _time);
        _shared = new InMemorySecretStore(_time);
        Trace = new Trace(_time);
    }

    public Trace Trace { get; }

    /// <summary>Runs a seed to its end on the thread that calls, and returns what was wrong.</summary>
    public static (IReadOnlyList<string> Wrong, Trace Trace) Run(int seed, Scenario scenario)
    {
        // With a synchronization context continuations would be posted to other threads.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var simulation = new Simulation(seed, scenario);
            simulation.RunOut();
            return (simulation._faults, simulation.Trace);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void RunOut()
    {
        var seed = _endpoint.IssueRefreshToken();
        var instances = Enumerable.Range(0, _scenario.Instances).Select(_ => Compose(seed)).ToList();
        var callers = instances
            .SelectMany(instance => Enumerable.Range(0, _random.Next(2, 5)).Select(_ => CallAsync(instance)))
            .ToList();
        _moments.RunOut(() => callers.TrueForAll(caller => caller.IsCompleted)
            && instances.TrueForAll(instance => instance.Flights.OwnSlot.Flight is null)
            && _time.WaitingTimers == 0);
        foreach (var caller in callers)
        {
            caller.GetAwaiter().GetResult();
        }

        Check();
    }

    private async Task CallAsync(TokenComposition instance)
    {
        for (var call = 0; call < 8; call++)
        {
            await Task.Delay(_lifetime * (_random.NextDouble() * 0.5), _time);
            try
            {
                var token = await AskAsync(instance);
                Trace.Add($"served generation {token.Generation}");
                if (_endpoint.StateOf(token.Reveal()) is not AccessTokenState.Active && Trace.LostAnswers == 0)
                {
                    _faults.Add($"A caller was given a token that the server calls {_endpoint.StateOf(token.Reveal())}.");
                }
            }
            catch (OperationCanceledException)
            {
                Trace.Add("caller left");
            }
            catch (TokenRefreshException exception)
            {
                Trace.Add($"caller failed: {exception.Reason}");
                if (Trace.Faults == 0)
                {
                    _faults.Add($"A caller failed although nothing went wrong: {exception.Message}");
                }
            }
        }
    }

    private async Task<AccessToken> AskAsync(TokenComposition instance)
    {
        switch (_random.Next(10))
        {
            case 0:
                using (var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(_random.Next(1, 1000)), _time))
                {
                    return await instance.Source.GetTokenAsync(leaving.Token);
                }

            case 1:
                var refused = await instance.Source.GetTokenAsync();
                return await instance.Source.GetTokenAsync(new TokenDemand { Rejected = refused });

            case 2:
                return await instance.Source.GetTokenAsync(new TokenDemand { MinimumValidity = _lifetime / 2 });

            case 3:
                var result = await instance.Refresher.RefreshAsync();
                return result.Token ?? await instance.Source.GetTokenAsync();

            default:
                return await instance.Source.GetTokenAsync();
        }
    }

    // The history checker: what must hold however the seed mixed things.
    private void Check()
    {
        // With a grace a lost answer costs nothing; without one it may cost the grant, and nothing else may.
        var mayLose = Trace.LostAnswers > 0 && _scenario.Grace == TimeSpan.Zero;
        if (_endpoint.ReuseDetections > 0 && !mayLose)
        {
            _faults.Add($"{_endpoint.ReuseDetections} refresh tokens were sent twice.");
        }

        var stored = new TokenSetStore(_shared, _time).ReadAsync(Key, default).AsTask().GetAwaiter().GetResult();
        if (_scenario.Grace > TimeSpan.Zero && _endpoint.LostGrants > 0)
        {
            _faults.Add("The grant was lost although the server has a grace.");
        }

        // After a lost answer the newest refresh token may be known to the server alone; the stored one still serves.
        if (!_scenario.SeparateStores && Trace.LostAnswers == 0
            && (stored?.Set.RefreshToken is not { } refreshToken || !_endpoint.IsCurrent(refreshToken.Reveal())))
        {
            _faults.Add("The refresh token that is stored is not the one the server issued last.");
        }
    }

    private TokenComposition Compose(string seed)
    {
        var options = new TokenRefreshOptions
        {
            Grant = TokenGrants.RefreshToken,
            TokenEndpoint = _endpoint.Address.AbsoluteUri,
            Seed = new TokenSeedOptions { RefreshToken = seed },
        };
        options.Client.Id = FakeTokenEndpoint.DefaultClientId;
        options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
        options.Resilience.ReuseGrace = _scenario.Grace;
        var compilation = DefinitionCompiler.Compile("crm", options);
        var store = new SimulatedStore(
            _scenario.SeparateStores ? new InMemorySecretStore(_time) : _shared, _moments, _random, Trace, _scenario.FailingWrites);
        var configuration = new ConfigurationSecretStore(new ConfigurationBuilder().Build(), _time);
        return TokenComposition.Compose(new TokenParts
        {
            Name = "crm",
            Definitions = new FixedDefinition(compilation.Definition!),
            Store = new ChosenStore(store, store, new SecretResolver(store, configuration, Key.Environment)),
            Environment = Key.Environment,
            BackChannel = new BackChannel(new SimulatedNetwork(_endpoint, _moments, _random, Trace, _scenario.NetworkFaults)),
            Telemetry = new RefreshTelemetry(
                new TokenKitMetrics(new NoMeters()), new TokenKitActivities(), NullLogger<RefreshTelemetry>.Instance, _time),
            Time = _time,
            Randomness = new SeededRandomness(_random),
            Spawner = new SimulatedWork(_moments),
        });
    }

    private sealed class FixedDefinition(TokenDefinition definition) : IDefinitionSource
    {
        public TokenDefinition Current => definition;
    }

    private sealed class NoMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
