using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TokenKit.Checking.Checks;
using TokenKit.Definitions;
using TokenKit.Definitions.Options;
using TokenKit.Events;
using TokenKit.Inspection;
using TokenKit.Refresh.Request;
using TokenKit.Scheduling;
using TokenKit.Source;
using TokenKit.Source.Records;
using TokenKit.Source.Telemetry;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.DependencyInjection;

/// <summary>The list of parts that one registration adds. Adding a name again adds nothing.</summary>
internal static class TokenRefreshRegistration
{
    public static TokenRefreshBuilder Add(IServiceCollection services, string name)
    {
        AddShared(services);
        if (!services.Any(descriptor => descriptor.IsKeyedService
            && descriptor.ServiceType == typeof(TokenRegistration) && name.Equals(descriptor.ServiceKey)))
        {
            AddNamed(services, name);
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

    private static void AddNamed(IServiceCollection services, string name)
    {
        services.AddKeyedSingleton(name, new TokenRegistration(name));
        services.AddSingleton(new TokenRegistration(name));
        services.AddBackChannel(name);
        services.TryAddKeyedSingleton<IDefinitionSource>(name, static (provider, key) => new ReloadingDefinitionSource(
            (string)key!,
            provider.GetRequiredService<IOptionsMonitor<TokenRefreshOptions>>(),
            provider.LoggerOf(TokenKitDiagnostics.DefinitionsLogCategory)));
        services.TryAddKeyedSingleton(name, static (_, _) => new ClientCertificates());
        services.TryAddKeyedSingleton(name, static (provider, key) => provider.GetRequiredService<RegistrationParts>().Compose((string)key!));
        services.TryAddKeyedSingleton<ITokenSource>(
            name, static (provider, key) => provider.GetRequiredKeyedService<TokenComposition>(key).Source);
        services.TryAddKeyedSingleton<ITokenInspector>(name, static (provider, key) => new TokenInspector(
            provider.GetRequiredKeyedService<TokenComposition>(key).Flights,
            provider.GetRequiredService<RefreshHistory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddKeyedSingleton<ITokenRefresher>(
            name, static (provider, key) => provider.GetRequiredKeyedService<TokenComposition>(key).Refresher);
    }
}
