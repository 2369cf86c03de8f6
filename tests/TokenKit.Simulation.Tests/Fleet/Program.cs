using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Work;

namespace TokenKit.Simulation.Tests;

/// <summary>What runs on a machine: the production classes, put together as the registration does it.</summary>
internal static class Program
{
    private static readonly IConfiguration NoConfiguration = new ConfigurationBuilder().Build();

    /// <summary>A process with one registration.</summary>
    public static TokenComposition Compose<TNetwork>(
        Machine machine, TokenDefinition definition, ISecretStore store, IRefreshLeaseProvider leases, TNetwork network, RefreshTelemetry telemetry,
        Randomness randomness, IWorkSpawner spawner)
        where TNetwork : IHttpClientFactory =>
        Compose(Fleet.Key.Name, machine, new FixedDefinition(definition), store, leases, network, telemetry, randomness, spawner, new TokenRecords());

    /// <summary>One registration of a process.</summary>
    public static TokenComposition Compose<TNetwork>(
        string name, Machine machine, IDefinitionSource definition, ISecretStore store, IRefreshLeaseProvider leases, TNetwork network,
        RefreshTelemetry telemetry, Randomness randomness, IWorkSpawner spawner, TokenRecords records)
        where TNetwork : IHttpClientFactory => TokenComposition.Compose(new TokenParts
        {
            Name = name,
            Definitions = definition,
            Store = new ChosenStore(
                store, leases, new SecretResolver(store, new ConfigurationSecretStore(NoConfiguration, machine.Clock), Fleet.Key.Environment)),
            Environment = Fleet.Key.Environment,
            BackChannel = new BackChannel(network),
            Telemetry = telemetry,
            Time = machine.Clock,
            Randomness = randomness,
            Spawner = spawner,
            Records = records,
        });

    public static TokenKitMetrics Metrics() => new(new Meters());

    private sealed class FixedDefinition(TokenDefinition definition) : IDefinitionSource
    {
        public TokenDefinition Current => definition;
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
