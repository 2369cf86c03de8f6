using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Events;
using TokenKit.Http;
using TokenKit.Http.Primary;
using TokenKit.Refresh.Request;
using TokenKit.Scheduling;
using TokenKit.Source.Telemetry;
using TokenKit.Work;

namespace TokenKit.DependencyInjection;

/// <summary>
/// The parts that log, each with a logger of a category that users filter by: the name of a class would change with the class.
/// </summary>
internal static class LoggingParts
{
    public static ILogger LoggerOf(this IServiceProvider provider, string category) =>
        provider.GetRequiredService<ILoggerFactory>().CreateLogger(category);

    /// <summary>For stores and protectors, which can be registered without anything that adds logging.</summary>
    public static ILogger? StorageLogger(IServiceProvider provider) =>
        provider.GetService<ILoggerFactory>()?.CreateLogger(TokenKitDiagnostics.StorageLogCategory);

    public static RefreshTelemetry RefreshTelemetry(IServiceProvider provider) => new(
        provider.GetRequiredService<TokenKitMetrics>(),
        provider.GetRequiredService<TokenKitActivities>(),
        provider.LoggerOf(TokenKitDiagnostics.RefreshLogCategory),
        provider.GetRequiredService<TimeProvider>());

    public static RefreshScheduler RefreshScheduler(IServiceProvider provider) => new(
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<IWorkSpawner>(),
        provider.LoggerOf(TokenKitDiagnostics.SchedulingLogCategory));

    public static RefreshTokenEndWatch RefreshTokenEndWatch(IServiceProvider provider) => new(
        provider.GetRequiredService<TimeProvider>(), provider.LoggerOf(TokenKitDiagnostics.SchedulingLogCategory));

    public static WarmStart WarmStart(IServiceProvider provider) => new(
        provider.GetRequiredService<TimeProvider>(), provider.LoggerOf(TokenKitDiagnostics.SchedulingLogCategory));

    public static TokenEvents TokenEvents(IServiceProvider provider) => new(
        provider,
        provider.GetRequiredService<IWorkSpawner>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.LoggerOf(TokenKitDiagnostics.EventsLogCategory));

    public static TokenHandlerServices TokenHandlerServices(IServiceProvider provider) => new(
        provider.GetRequiredService<ClientBaseAddress>(),
        provider.GetRequiredService<IWorkSpawner>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<Randomness>(),
        provider.GetRequiredService<OutsideSources>(),
        provider.LoggerOf(TokenKitDiagnostics.HandlerLogCategory));

    public static RedirectSwitch RedirectSwitch(IServiceProvider provider) =>
        new(provider.LoggerOf(TokenKitDiagnostics.HandlerLogCategory), provider.GetServices<NoRedirects>());

    public static CookieSwitch CookieSwitch(IServiceProvider provider) => new(provider.LoggerOf(TokenKitDiagnostics.HandlerLogCategory));
}
