using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TokenKit.Checking.Checks;
using TokenKit.Definitions;
using TokenKit.Definitions.Configuration;
using TokenKit.Definitions.Options;
using TokenKit.Events;
using TokenKit.Inspection;
using TokenKit.Refresh.Request;
using TokenKit.Scheduling;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Storage;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.DependencyInjection;

/// <summary>The list of parts that one registration adds. Adding a name again adds nothing.</summary>
internal static class TokenRefreshRegistration
{
    public static TokenRefreshBuilder Add(IServiceCollection services, string name)
    {
        var registered = RegisteredServices.Of(services);
        if (!registered.Has<RegistrationParts>())
        {
            AddShared(services);
        }

        if (!registered.Has<TokenRegistration>(name))
        {
            AddNamed(services, registered, name);
        }

        return new TokenRefreshBuilder(services, name);
    }

    private static void AddShared(IServiceCollection services)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Randomness.System);
        services.TryAddSingleton<IWorkSpawner, ThreadPoolSpawner>();
        services.TryAddSingleton<TokenKitMetrics>();
        services.TryAddSingleton<TokenKitActivities>();
        services.TryAddSingleton(LoggingParts.RefreshTelemetry);
        services.TryAddSingleton(static provider => new TokenKitEnvironment(provider.GetService<IHostEnvironment>()));
        services.TryAddSingleton(static provider => new InMemorySecretStore(provider.GetService<TimeProvider>()));
        services.TryAddSingleton<StoreChoice>();
        services.TryAddSingleton<CompiledDefinitions>();
        services.TryAddSingleton<ConfiguredRegistrations>();
        services.TryAddSingleton(static provider => new ConfiguredSecrets(
            provider.GetService<IConfiguration>(), provider.GetRequiredService<ConfigurationSections>()));
        services.TryAddSingleton<Corrections>();
        services.TryAddSingleton<RegistrationParts>();
        services.TryAddSingleton<IRegistrationParts>(static provider => provider.GetRequiredService<RegistrationParts>());
        services.TryAddSingleton<SharedRecordChecks>();
        services.TryAddSingleton<ITokenDefinitions, TokenDefinitions>();
        services.TryAddSingleton<BackChannel>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TokenRefreshOptions>, TokenRefreshOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<TokenRefreshOptions>, OwnCodeNotice>());
        services.TryAddSingleton(LoggingParts.RefreshScheduler);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFlightObserver, RefreshScheduler>(
            static provider => provider.GetRequiredService<RefreshScheduler>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFlightObserver, RefreshTokenEndWatch>(LoggingParts.RefreshTokenEndWatch));
        services.TryAddSingleton<SweptTokens>();
        services.TryAddSingleton<TokenRecords>();
        services.TryAddSingleton<RefreshHistory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFlightObserver, RefreshHistory>(
            static provider => provider.GetRequiredService<RefreshHistory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFlightObserver, TokenEvents>(LoggingParts.TokenEvents));
        services.TryAddSingleton(LoggingParts.WarmStart);
        services.TryAddSingleton<MissingSecrets>();

        // In this order: what cannot work is reported before anything is sent.
        StartupChecks.Add(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SchedulingService>());
    }

    private static void AddNamed(IServiceCollection services, RegisteredServices registered, string name)
    {
        services.AddKeyedSingleton(name, new TokenRegistration(name));
        services.AddSingleton(new TokenRegistration(name));
        services.AddBackChannel(name);
        TryAdd<IDefinitionSource>(static (provider, key) => new ReloadingDefinitionSource(
            (string)key!,
            provider.GetRequiredService<IOptionsMonitor<TokenRefreshOptions>>(),
            provider.GetRequiredService<CompiledDefinitions>(),
            provider.LoggerOf(TokenKitDiagnostics.DefinitionsLogCategory)));
        TryAdd(static (_, _) => new ClientCertificates());
        TryAdd(static (provider, key) => provider.GetRequiredService<RegistrationParts>().Compose((string)key!));
        TryAdd(static (provider, key) => provider.GetRequiredKeyedService<TokenComposition>(key).Source);
        TryAdd<ITokenInspector>(static (provider, key) => new TokenInspector(
            provider.GetRequiredKeyedService<TokenComposition>(key).Flights,
            provider.GetRequiredService<RefreshHistory>(),
            provider.GetRequiredService<TimeProvider>()));
        TryAdd(static (provider, key) => provider.GetRequiredKeyedService<TokenComposition>(key).Refresher);

        void TryAdd<TService>(Func<IServiceProvider, object?, TService> create)
            where TService : class
        {
            if (!registered.Has<TService>(name))
            {
                services.AddKeyedSingleton(name, create);
            }
        }
    }
}
