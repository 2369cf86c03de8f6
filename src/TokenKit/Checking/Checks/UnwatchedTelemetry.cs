using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using TokenKit.Source.Telemetry;

namespace TokenKit.Checking.Checks;

/// <summary>Telemetry that goes nowhere: a check is no refresh, and must not be counted as one.</summary>
internal sealed class UnwatchedTelemetry : IMeterFactory
{
    // Nobody listens to this name.
    private const string Name = "TokenKit.Check";

    private readonly TokenKitMetrics _metrics;
    private readonly TokenKitActivities _activities = new(Name);

    public UnwatchedTelemetry(TimeProvider time)
    {
        _metrics = new TokenKitMetrics(this);
        Telemetry = new RefreshTelemetry(_metrics, _activities, NullLogger.Instance, time);
    }

    public RefreshTelemetry Telemetry { get; }

    // The metrics own the one meter they ask for.
    public Meter Create(MeterOptions options) => new(Name);

    public void Dispose()
    {
        _metrics.Dispose();
        _activities.Dispose();
    }
}
