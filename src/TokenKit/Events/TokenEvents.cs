using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Work;

namespace TokenKit.Events;

/// <summary>Turns what flights do into events and hands them to subscribers, apart from the flights. Thread-safe.</summary>
internal sealed class TokenEvents(IServiceProvider provider, IWorkSpawner spawner, TimeProvider time, ILogger logger)
    : IFlightObserver, IDisposable
{
    private const int MostWaiting = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Subscribers> _subscribers = new(StringComparer.Ordinal);
    private readonly HashSet<TokenKey> _dead = [];
    private readonly CancellationTokenSource _stopping = new();

    public void Completed(TokenFlights flights, TokenFlight flight, RefreshResult result)
    {
        if (result.IsLook || SubscribersOf(flights.Name) is not { } subscribers)
        {
            return;
        }

        bool isNewlyDead;
        lock (_gate)
        {
            var isDead = result.Failure?.Reason is RefreshFailureReason.ReauthorizationRequired;
            isNewlyDead = isDead && _dead.Add(result.Key);
            if (result.Succeeded)
            {
                _dead.Remove(result.Key);
            }

            if (isDead && !isNewlyDead)
            {
                // The store was looked into for a new grant, and there is none.
                return;
            }
        }

        Raise(subscribers, Event(result.Succeeded ? TokenEventKind.Refreshed : TokenEventKind.RefreshFailed, result));
        if (isNewlyDead)
        {
            Raise(subscribers, Event(TokenEventKind.ReauthorizationRequired, result));
        }
    }

    public void NotPersisted(TokenFlights flights, TokenFlight flight, RefreshResult result)
    {
        if (SubscribersOf(flights.Name) is { } subscribers)
        {
            Raise(subscribers, Event(TokenEventKind.RotationNotPersisted, result));
        }
    }

    public void Dispose() => _stopping.Cancel();

    private TokenEvent Event(TokenEventKind kind, RefreshResult result) =>
        new()
        {
            Kind = kind,
            Key = result.Key,
            At = time.GetUtcNow(),
            CorrelationId = result.CorrelationId,
            Trigger = result.Trigger,
            Failure = result.Failure,
            ExpiresAt = result.Token?.ExpiresAt,
            Generation = result.Token?.Generation ?? 0,
        };

    private Subscribers? SubscribersOf(string name)
    {
        lock (_gate)
        {
            if (!_subscribers.TryGetValue(name, out var subscribers))
            {
                _subscribers.Add(name, subscribers = new Subscribers(HandlersOf(name)));
            }

            return subscribers.Handlers.Count > 0 ? subscribers : null;
        }
    }

    private IReadOnlyList<Func<TokenEvent, CancellationToken, ValueTask>> HandlersOf(string name)
    {
        try
        {
            return [.. provider.PartsOf<TokenEventSubscription>(name).Select(static known => known.Handler)];
        }
        catch (ObjectDisposedException)
        {
            // The program ends, and a refresh that was under way outlived its services.
            return [];
        }
    }

    private void Raise(Subscribers subscribers, TokenEvent happened)
    {
        lock (_gate)
        {
            if (subscribers.Waiting.Count == MostWaiting)
            {
                logger.EventDropped(subscribers.Waiting.Dequeue().Key);
            }

            subscribers.Waiting.Enqueue(happened);
            if (subscribers.IsRunning)
            {
                return;
            }

            subscribers.IsRunning = true;
        }

        spawner.Start(static item => item.events.HandOverAsync(item.subscribers), (events: this, subscribers));
    }

    private async Task HandOverAsync(Subscribers subscribers)
    {
        while (true)
        {
            TokenEvent? happened;
            lock (_gate)
            {
                if (!subscribers.Waiting.TryDequeue(out happened))
                {
                    subscribers.IsRunning = false;
                    return;
                }
            }

            foreach (var handler in subscribers.Handlers)
            {
                try
                {
                    await handler(happened, _stopping.Token).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    // Somebody else's code; what it throws concerns neither other subscribers nor refreshes.
                    logger.EventHandlerFailed(exception, happened.Kind, happened.Key);
                }
            }
        }
    }

    private sealed class Subscribers(IReadOnlyList<Func<TokenEvent, CancellationToken, ValueTask>> handlers)
    {
        public IReadOnlyList<Func<TokenEvent, CancellationToken, ValueTask>> Handlers { get; } = handlers;

        public Queue<TokenEvent> Waiting { get; } = new();

        public bool IsRunning { get; set; }
    }
}
