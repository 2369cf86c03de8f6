using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.DependencyInjection;
using TokenKit.Inspection;
using TokenKit.Source;
using TokenKit.Source.Telemetry;
using TokenKit.Values;

namespace TokenKit;

/// <summary>What endpoints and page share: one for an application, so that they show and limit the same.</summary>
internal sealed class TokenEndpointParts : IDisposable
{
    private TokenEndpointParts(IServiceProvider services)
    {
        Time = services.GetRequiredService<TimeProvider>();
        var environment = services.GetRequiredService<TokenKitEnvironment>();
        var permitted = services.GetService<LockedTokens>();
        Services = services;
        News = new TokenNews(services.GetRequiredService<RefreshTelemetry>());
        States = new TokenViews(
            services, services.GetServices<TokenRegistration>(), services.GetRequiredService<RefreshHistory>(),
            new StoredSubjects(services, environment, Time), environment, Time);
        Access = new TokenAccess(
            States, permitted ?? new LockedTokens(services, services.GetRequiredService<StoreChoice>(), environment), permitted is not null);
        Refreshes = new StartedRefreshes(services, States, Time);
    }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public TokenNews News { get; }

    public TokenViews States { get; }

    public TokenAccess Access { get; }

    public StartedRefreshes Refreshes { get; }

    /// <exception cref="InvalidOperationException">No token is registered.</exception>
    public static TokenEndpointParts Of(IEndpointRouteBuilder endpoints, string method) =>
        endpoints.ServiceProvider.GetService<LateComposition>()?.Part(() => new TokenEndpointParts(endpoints.ServiceProvider))
        ?? throw new InvalidOperationException(
            $"{method} found no registered token. Call builder.Services.AddTokenRefresh(…) before the application is built.");

    /// <summary>What is stored for a key was changed by a caller: who looks at pages and lists is told.</summary>
    public void Announce(TokenKey key)
    {
        States.Changed(key.Name);
        News.Announce();
    }

    public void Dispose() => News.Dispose();
}
