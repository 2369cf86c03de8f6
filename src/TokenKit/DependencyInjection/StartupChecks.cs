using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TokenKit.Definitions;
using TokenKit.Definitions.Configuration;
using TokenKit.Source;

namespace TokenKit.DependencyInjection;

/// <summary>Puts every registration together when the host starts, so that what cannot work stops the deployment and not the first request at night.</summary>
/// <remarks>Nothing is sent. Without a host the same checks run at the first use of a token.</remarks>
internal sealed class StartupChecks(
    IServiceProvider provider, IEnumerable<TokenRegistration> registrations, IEnumerable<IStartDemand> demands, LateComposition late,
    ConfigurationSections sections)
    : IHostedLifecycleService
{
    /// <summary>Adds the checks, for a part that has something to demand although no token may be registered.</summary>
    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton<LateComposition>();
        services.TryAddSingleton(static provider => new ConfigurationSections(provider.GetService<IConfiguration>()));
        services.TryAddSingleton(static provider => new TokenNames(
            provider.GetServices<TokenRegistration>(), provider.GetService<IServiceProviderIsKeyedService>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartupChecks>());
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        List<string> faults = [];
        foreach (var registration in registrations)
        {
            try
            {
                provider.GetRequiredKeyedService<ITokenSource>(registration.Name);
            }
            catch (InvalidOperationException fault)
            {
                faults.Add(fault.Message);
            }
        }

        if (faults.Count == 0)
        {
            faults.AddRange(FaultsBetweenRegistrations());
        }

        faults.AddRange(demands.SelectMany(static demand => demand.Faults()));
        faults.AddRange(late.Faults(onceStarted: false));
        sections.Release();
        return Judge(faults);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        provider.GetService<MissingSecrets>()?.Report();
        return Judge([.. late.Faults(onceStarted: true)]);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // What no definition can know alone.
    private IEnumerable<string> FaultsBetweenRegistrations()
    {
        var definitions = registrations.ToDictionary(
            static registration => registration.Name,
            registration => provider.GetRequiredKeyedService<IDefinitionSource>(registration.Name).Current,
            StringComparer.Ordinal);
        return TokenOrder.Faults(definitions)
            .Concat(ValuesOfOthers.Faults(definitions))
            .Concat(definitions.Values.SelectMany(definition => DefinitionNeeds.Faults(definition, provider)));
    }

    private static Task Judge(List<string> faults) => faults.Count == 0
        ? Task.CompletedTask
        : throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
}
