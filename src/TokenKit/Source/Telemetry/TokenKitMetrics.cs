using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using TokenKit.Diagnostics;
using TokenKit.Values;

namespace TokenKit.Source.Telemetry;

/// <summary>Owns the instruments. Names and units follow the OpenTelemetry conventions; docs/telemetry.md lists them.</summary>
/// <remarks>
/// No subject, no user, no URL is ever a tag: the number of time series is that of the registrations.
/// </remarks>
internal sealed class TokenKitMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _refreshDuration;
    private readonly Counter<long> _requests;
    private readonly UpDownCounter<long> _waiting;
    private readonly Counter<long> _conflicts;
    private readonly ConcurrentQueue<(TokenSlot Slot, TimeProvider Time)> _watched = new();

    public TokenKitMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(TokenKitDiagnostics.MeterName);
        _refreshDuration = _meter.CreateHistogram(
            "tokenkit.refresh.duration", "s", "How long refreshes took.", tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _requests = _meter.CreateCounter<long>(
            "tokenkit.token.requests", "{request}", "Requests for a token, by where it came from.");
        _waiting = _meter.CreateUpDownCounter<long>(
            "tokenkit.refresh.waiting", "{request}", "Requests for a token that wait for a refresh now.");
        _conflicts = _meter.CreateCounter<long>(
            "tokenkit.store.conflicts", "{conflict}", "Writes that a newer writer had overtaken.");
        _meter.CreateObservableGauge(
            "tokenkit.token.remaining_lifetime", RemainingLifetimes, "s", "How long the token in memory still works.");
    }

    public void ServedFromMemory(string name)
    {
        if (_requests.Enabled)
        {
            _requests.Add(1, Tag.Name(name), Tag.Source("memory"));
        }
    }

    public void ServedByFlight(string name, RefreshOutcome outcome) =>
        _requests.Add(1, Tag.Name(name), Tag.Source(outcome is RefreshOutcome.Adopted ? "store" : "refresh"));

    public void Refused(string name, RefreshFailureReason reason) =>
        _requests.Add(1, Tag.Name(name), Tag.Source("refresh"), Tag.Error(reason));

    public void Waiting(string name, int change) => _waiting.Add(change, Tag.Name(name));

    public void RefreshCompleted(RefreshResult result)
    {
        if (result.Failure is { } failure)
        {
            _refreshDuration.Record(
                result.Duration.TotalSeconds, Tag.Name(result.Key.Name), Tag.Trigger(result.Trigger), Tag.Error(failure.Reason));
            if (failure.Reason is RefreshFailureReason.Superseded)
            {
                _conflicts.Add(1, Tag.Name(result.Key.Name));
            }

            return;
        }

        _refreshDuration.Record(result.Duration.TotalSeconds, Tag.Name(result.Key.Name), Tag.Trigger(result.Trigger));
    }

    public void Conflict(string name) => _conflicts.Add(1, Tag.Name(name));

    /// <summary>Observes a registration's own token from now on. Subjects are not observed: their number has no bound.</summary>
    public void Watch(TokenSlot slot, TimeProvider time) => _watched.Enqueue((slot, time));

    public void Dispose() => _meter.Dispose();

    // Without a token there is nothing to measure, and a token that never expires has no number.
    private IEnumerable<Measurement<double>> RemainingLifetimes()
    {
        foreach (var (slot, time) in _watched)
        {
            if (slot.Current is { } token && token.Life.ExpiresAt != DateTimeOffset.MaxValue)
            {
                yield return new(token.Life.RemainingAt(ClockReading.Now(time)).TotalSeconds, Tag.Name(slot.Key.Name));
            }
        }
    }
}
