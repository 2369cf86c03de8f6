using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TokenKit;

/// <summary>Ties scheduling to the host's life: warm start, renewal without traffic, and an orderly end.</summary>
/// <remarks>
/// Renewal stops first and draining comes last, so that other services can still use tokens while they stop. Without a host
/// none of this runs, and tokens are renewed as callers ask.
/// </remarks>
internal sealed class SchedulingService(
    IServiceProvider provider, IEnumerable<TokenRegistration> registrations, RefreshScheduler scheduler, WarmStart warmStart)
    : IHostedLifecycleService
{
    // Resolved here and not injected: what cannot be put together is reported by the checks before it, all at once.
    private IReadOnlyList<TokenComposition> Compositions =>
        [.. registrations.Select(registration => provider.GetRequiredKeyedService<TokenComposition>(registration.Name))];

    public Task StartingAsync(CancellationToken cancellationToken) => warmStart.RunAsync(Compositions, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        scheduler.Start(Compositions.Select(static composition => composition.Scheduled));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        scheduler.Stop();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Compositions.Select(static composition => composition.Flights.DrainAsync()));
}
