using System.Diagnostics.Metrics;
using System.Globalization;

namespace TokenKit.Testing;

/// <summary>Keeps every measurement of one meter.</summary>
/// <remarks>
/// Safe for use by several threads. With a scope, only the meter of one container is heard, so that tests may run in
/// parallel. Dispose of it to stop listening.
/// </remarks>
/// <example>
/// <code>
/// using var metrics = new RecordedMetrics(services.GetRequiredService&lt;IMeterFactory&gt;());
/// metrics.Sum("tokenkit.token.requests").Should().Be(1);
/// </code>
/// </example>
public sealed class RecordedMetrics : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<RecordedMeasurement> _measurements = [];
    private readonly MeterListener _listener = new();

    /// <summary>Starts to listen.</summary>
    /// <param name="scope">The container's meter factory; every container's meters where <see langword="null"/>.</param>
    /// <param name="meterName">The meter's name; TokenKit's by default.</param>
    /// <param name="instrument">The one instrument to hear; all of the meter's where <see langword="null"/>.</param>
    public RecordedMetrics(
        IMeterFactory? scope = null, string meterName = TokenKitDiagnostics.MeterName, string? instrument = null)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Meter.Name == meterName
                && (scope is null || published.Meter.Scope == scope)
                && (instrument is null || published.Name == instrument))
            {
                listener.EnableMeasurementEvents(published);
            }
        };
        Record<byte>();
        Record<short>();
        Record<int>();
        Record<long>();
        Record<float>();
        Record<double>();
        Record<decimal>();
        _listener.Start();
    }

    /// <summary>Every measurement so far, in order.</summary>
    public IReadOnlyList<RecordedMeasurement> Measurements
    {
        get
        {
            lock (_lock)
            {
                return [.. _measurements];
            }
        }
    }

    /// <summary>Returns the measurements of one instrument.</summary>
    /// <param name="instrument">The instrument's name.</param>
    /// <returns>The measurements, in order.</returns>
    public IReadOnlyList<RecordedMeasurement> Of(string instrument) => [.. Measurements.Where(each => each.Instrument == instrument)];

    /// <summary>Adds up the measurements of one instrument that carry the given tags.</summary>
    /// <param name="instrument">The instrument's name.</param>
    /// <param name="tags">Tags that must be there with these values; others may be there as well.</param>
    /// <returns>The sum; zero where there is none.</returns>
    public double Sum(string instrument, params ReadOnlySpan<(string Name, object? Value)> tags)
    {
        var sum = 0.0;
        foreach (var measurement in Of(instrument))
        {
            if (HasTags(measurement, tags))
            {
                sum += measurement.Value;
            }
        }

        return sum;
    }

    /// <summary>Asks the observable instruments for their values now.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    /// <summary>Stops listening. What was recorded can still be read.</summary>
    public void Dispose() => _listener.Dispose();

    private static bool HasTags(RecordedMeasurement measurement, ReadOnlySpan<(string Name, object? Value)> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (!measurement.Tags.TryGetValue(name, out var found) || !Equals(found, value))
            {
                return false;
            }
        }

        return true;
    }

    private void Record<T>()
        where T : struct, IConvertible =>
        _listener.SetMeasurementEventCallback<T>((instrument, value, tags, _) =>
        {
            var named = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (var (name, tag) in tags)
            {
                named[name] = tag;
            }

            var measurement = new RecordedMeasurement
            {
                Instrument = instrument.Name,
                Value = value.ToDouble(CultureInfo.InvariantCulture),
                Unit = instrument.Unit,
                Tags = named,
            };
            lock (_lock)
            {
                _measurements.Add(measurement);
            }
        });
}
