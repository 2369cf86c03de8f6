using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;
using TokenKit.Refresh.Map;
using TokenKit.Refresh.Persist;
using TokenKit.Values;

namespace TokenKit.Source.Telemetry;

/// <summary>Tells logs, metrics and traces what happens, in the words of the domain. Thread-safe.</summary>
internal sealed class RefreshTelemetry(TokenKitMetrics metrics, TokenKitActivities activities, ILogger logger, TimeProvider time)
{
    // What concerns how registrations are set up is said once for each of them.
    private readonly ConcurrentDictionary<(string Name, int Event, string What), bool> _warned = new();

    /// <summary>Told of every refresh that ended, on the refresh's own thread. Handlers only take notes: they must not block or throw.</summary>
    public event Action<RefreshResult>? RefreshEnded;

    public static ActivityContext CurrentSpan => Activity.Current?.Context ?? default;

    public void Watch(TokenSlot slot) => metrics.Watch(slot, time);

    public void ServedFromMemory(string name) => metrics.ServedFromMemory(name);

    public void ServedByFlight(string name, RefreshResult result) => metrics.ServedByFlight(name, result.Outcome);

    public void Refused(string name, RefreshFailure failure) => metrics.Refused(name, failure.Reason);

    /// <summary>Counts and logs one caller's wait, and links the caller's span and the flight's.</summary>
    public WaitingScope Waiting(TokenFlight flight)
    {
        logger.Waiting(flight.Slot.Key, flight.CorrelationId);
        if (flight.Span != default)
        {
            Activity.Current?.AddLink(new ActivityLink(flight.Span));
        }

        metrics.Waiting(flight.Slot.Key.Name, 1);
        return new WaitingScope(metrics, flight.Slot.Key.Name);
    }

    public Activity? StartSpan(TokenFlight flight)
    {
        var span = activities.StartRefresh(flight);
        flight.Span = span?.Context ?? default;
        return span;
    }

    public void Started(TokenFlight flight) => logger.RefreshStarted(flight.Slot.Key, flight.Order.Trigger, flight.CorrelationId);

    public void Completed(TokenFlight flight, RefreshResult result, Activity? span)
    {
        RefreshEnded?.Invoke(result);
        TokenKitActivities.Complete(span, result);
        if (result.IsDeadGrantLookUp && flight.Slot.Failure is { Failures: > 1 })
        {
            // Said once, when the grant was found dead. Callers make it be looked at twice a second.
            logger.GrantStillDead(result.Key, result.CorrelationId);
            return;
        }

        if (flight.Order.LooksOnly && !result.Succeeded)
        {
            logger.NothingNewer(result.Key, result.CorrelationId);
            return;
        }

        if (result.IsLook)
        {
            logger.StillRefused(result.Key, result.CorrelationId);
            return;
        }

        metrics.RefreshCompleted(result);
        var milliseconds = result.Duration.TotalMilliseconds;
        if (result.Succeeded)
        {
            logger.RefreshSucceeded(
                result.Key, result.Outcome, milliseconds, result.Token.ExpiresAt, result.Token.Generation, result.CorrelationId);
            return;
        }

        var failure = result.Failure;
        var usable = flight.Slot.Current is { } current && current.Life.At(ClockReading.Now(time)) is not Freshness.Expired
            ? current
            : null;
        if (usable is not null)
        {
            logger.RefreshFailedTokenUsable(
                failure.Exception, result.Key, failure.Reason, milliseconds, usable.ExpiresAt, failure.MessageWithServerWords, result.CorrelationId);
        }
        else
        {
            logger.RefreshFailed(
                failure.Exception, result.Key, failure.Reason, milliseconds, failure.MessageWithServerWords, result.CorrelationId);
        }
    }

    public void Warnings(TokenFlight flight, ImmutableArray<string> warnings)
    {
        // Once for a registration: a server that answers oddly does so each time.
        var name = flight.Slot.Key.Name;
        var unsaid = warnings.Where(warning => _warned.TryAdd((name, LifetimeLog.EventOf(warning) ?? EventIds.AnswerOdd, warning), true)).ToArray();
        foreach (var eventId in unsaid.Select(LifetimeLog.EventOf).OfType<int>())
        {
            logger.LifetimeOdd(eventId, flight.Slot.Key);
        }

        var others = unsaid.Where(static warning => LifetimeLog.EventOf(warning) is null).ToArray();
        if (others.Length > 0)
        {
            var advice = others.Select(AnswerWarnings.AdviceFor).Where(static advice => advice.Length > 0);
            logger.AnswerOdd(flight.Slot.Key, string.Join(", ", others), string.Join(' ', advice), flight.CorrelationId);
        }
    }

    public void RotationUncertain(TokenFlight flight, string sent, RefreshFailure failure, bool retriesNow)
    {
        if (retriesNow)
        {
            logger.RotationUncertainRetrying(flight.Slot.Key, sent, failure.Reason, flight.CorrelationId);
        }
        else
        {
            logger.RotationUncertain(flight.Slot.Key, sent, failure.Reason, flight.CorrelationId);
        }
    }

    public void NotPersisted(TokenFlight flight, Exception? exception) =>
        logger.RotationNotPersisted(exception, flight.Slot.Key, flight.CorrelationId);

    public void FormerTokenRejected(TokenFlight flight, string record, string other)
    {
        if (_warned.TryAdd((flight.Slot.Key.Name, EventIds.FormerTokenRejected, ""), true))
        {
            logger.FormerTokenRejected(flight.Slot.Key, record, other);
        }
    }

    public void NoPlaceForToken(TokenFlight flight, string record)
    {
        if (_warned.TryAdd((flight.Slot.Key.Name, EventIds.NoPlaceForToken, ""), true))
        {
            logger.NoPlaceForToken(flight.Slot.Key, record, flight.CorrelationId);
        }
    }

    public void GoingOnUnsaved(TokenFlight flight, Exception trouble)
    {
        if (_warned.TryAdd((flight.Slot.Key.Name, EventIds.GoingOnUnsaved, ""), true))
        {
            logger.GoingOnUnsaved(trouble, flight.Slot.Key, flight.CorrelationId);
        }
    }

    /// <summary>The store works: when it fails again, that is news.</summary>
    public void StoreWorks(TokenFlight flight) => _warned.TryRemove((flight.Slot.Key.Name, EventIds.GoingOnUnsaved, ""), out _);

    /// <summary>The wrapped message says why; that of the store speaks of a file which it left as it is.</summary>
    public void DamagedRecordSetAside(TokenFlight flight, string place, SecretDamagedException damaged) =>
        logger.DamagedRecordSetAside(flight.Slot.Key, damaged.InnerException is SecretDamagedException why ? why.Message : "", place, flight.CorrelationId);

    public void ObserverThrew(Exception exception, TokenKey key) => logger.ObserverThrew(exception, key);

    public void DrainTimedOut(string name, TimeSpan waited) => logger.DrainTimedOut(name, waited);

    public void UnsavedEnded(TokenKey key, RecordWrite write, Exception? lastError)
    {
        if (write is RecordWrite.InHand)
        {
            logger.RotationLost(lastError, key);
            return;
        }

        if (write is RecordWrite.Superseded)
        {
            metrics.Conflict(key.Name);
        }

        logger.RotationPersistedLate(key, write);
    }

    /// <summary>Ends one caller's wait.</summary>
    internal readonly struct WaitingScope(TokenKitMetrics metrics, string name) : IDisposable
    {
        public void Dispose() => metrics.Waiting(name, -1);
    }
}
