using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;
using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit;

/// <summary>What became of a caller's wish to refresh: a closed set.</summary>
internal abstract record RefreshWish
{
    private RefreshWish()
    {
    }

    /// <summary>A refresh was started, or joined.</summary>
    public sealed record UnderWay(Task<RefreshResult> Result) : RefreshWish;

    /// <summary>The last one is so short ago that another would only cost.</summary>
    public sealed record Recent : RefreshWish;

    /// <summary>Too many were started.</summary>
    public sealed record TooMany(TimeSpan RetryAfter) : RefreshWish;
}

/// <summary>Starts refreshes for callers from outside: joins freely, starts within limits.</summary>
internal sealed class StartedRefreshes(IServiceProvider services, TokenViews states, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Queue<ClockReading> _started = new();

    public async ValueTask<RefreshWish> WishAsync(TokenKey key, int perMinute, CancellationToken cancellationToken)
    {
        var flights = services.GetRequiredKeyedService<TokenComposition>(key.Name).Flights;
        var refresher = services.GetRequiredKeyedService<ITokenRefresher>(key.Name);
        var interval = services.GetRequiredKeyedService<IDefinitionSource>(key.Name).Current.Freshness.MinimumRefreshInterval;
        var slot = flights.SlotFor(key.Subject);

        // Another machine, or this one before a restart, may have refreshed a moment ago.
        var stored = slot.Current is null
            ? await states.ReadAsync(key, withRefreshes: false, cancellationToken).ConfigureAwait(false)
            : null;
        lock (_lock)
        {
            // Exactly this flight, and not the door to the next one: it may have served its callers a moment ago, and then its
            // result is what the caller wanted.
            if (slot.Flight is { } flight)
            {
                return new RefreshWish.UnderWay(flights.ResultOfAsync(flight, cancellationToken));
            }

            var now = ClockReading.Now(time);
            if (ObtainedAt(slot, stored) is { } last && now.Utc - last < interval && slot.Failure is null)
            {
                return new RefreshWish.Recent();
            }

            while (_started.TryPeek(out var oldest) && now.ElapsedSince(oldest, time) >= Window)
            {
                _started.Dequeue();
            }

            if (_started.Count >= perMinute)
            {
                return new RefreshWish.TooMany(Window - now.ElapsedSince(_started.Peek(), time));
            }

            _started.Enqueue(now);

            // Runs synchronously until the flight exists, so that who comes next joins it. No await under the lock.
            return new RefreshWish.UnderWay(refresher.RefreshAsync(key.Subject, cancellationToken).AsTask());
        }
    }

    private static DateTimeOffset? ObtainedAt(TokenSlot slot, TokenView? stored) =>
        slot.Current?.ObtainedAt ?? (stored is { RefreshAt: not null } or { NeverExpires: true } ? stored.ObtainedAt : null);
}
