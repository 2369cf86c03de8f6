using System.Diagnostics;
using TokenKit.Diagnostics;

namespace TokenKit.Source.Telemetry;

/// <summary>The spans. A refresh serves several callers and belongs to none: always a new root, linked with them.</summary>
internal sealed class TokenKitActivities(string source) : IDisposable
{
    private readonly ActivitySource _source = new(source);

    public TokenKitActivities()
        : this(TokenKitDiagnostics.ActivitySourceName)
    {
    }

    public Activity? StartRefresh(TokenFlight flight)
    {
        if (!_source.HasListeners())
        {
            return null;
        }

        ActivityLink[]? links = flight.Order.StartedBy == default ? null : [new ActivityLink(flight.Order.StartedBy)];
        var span = _source.CreateActivity(
            "refresh token",
            ActivityKind.Internal,
            parentContext: default,
            tags: [Tag.Name(flight.Slot.Key.Name), Tag.Trigger(flight.Order.Trigger), new("tokenkit.refresh.correlation_id", flight.CorrelationId)],
            links);
        return span?.Start();
    }

    public static void Complete(Activity? span, RefreshResult result)
    {
        if (span is null)
        {
            return;
        }

        foreach (var step in result.Steps)
        {
            span.AddEvent(new ActivityEvent(
                step.Name,
                tags: new ActivityTagsCollection
                {
                    ["tokenkit.step.duration"] = step.Duration.TotalSeconds,
                    ["tokenkit.step.succeeded"] = step.Succeeded,
                }));
        }

        if (result.Failure is { } failure)
        {
            span.SetTag(Tag.ErrorKey, Tag.Text(failure.Reason));
            span.SetStatus(ActivityStatusCode.Error, failure.Reason.ToString());
        }
    }

    public void Dispose() => _source.Dispose();
}
