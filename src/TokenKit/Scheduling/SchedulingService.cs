using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TokenKit.Source;
using TokenKit.Work;

namespace TokenKit.Scheduling;

/// <summary>Ties scheduling to the host's life: warm start, renewal without traffic, and an orderly end.</summary>
/// <remarks>
/// Renewal stops first and draining comes last, so that other services can still use tokens while they stop. Without a host
/// none of this runs, and tokens are renewed as callers ask.
/// </remarks>
internal sealed class SchedulingService(
    IServiceProvider provider, IEnumerable<TokenRegistration> registrations, RefreshScheduler scheduler, WarmStart warmStart,
    TimeProvider time, Randomness randomness)
    : IHostedLifecycleService
{
    // Kept, because a host may be stopped once more after it was disposed: WebApplicationFactory does that.
    private IReadOnlyList<ScheduledTokens> _tokens = [];

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Resolved here and not injected: what cannot be put together is reported by the checks before it, all at once.
        _tokens = [.. registrations.Select(registration =>
            new ScheduledTokens(provider.GetRequiredKeyedService<TokenComposition>(registration.Name), time, randomness))];
        return warmStart.RunAsync(_tokens, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        scheduler.Start(_tokens);
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
        Task.WhenAll(_tokens.Select(static tokens => tokens.Flights.DrainAsync()));
}
