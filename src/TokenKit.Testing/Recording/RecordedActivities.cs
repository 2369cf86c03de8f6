using System.Diagnostics;

namespace TokenKit.Testing;

/// <summary>Keeps every activity of one source, and samples all of them.</summary>
/// <remarks>
/// Safe for use by several threads. A source is heard in the whole process: tests that run in parallel tell their
/// activities apart by a tag. Dispose of it to stop listening.
/// </remarks>
public sealed class RecordedActivities : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Activity> _stopped = [];
    private readonly ActivityListener _listener;

    /// <summary>Starts to listen.</summary>
    /// <param name="sourceName">The source's name; TokenKit's by default.</param>
    /// <param name="filter">Which activities to keep, asked when one stops; all where <see langword="null"/>.</param>
    public RecordedActivities(string sourceName = TokenKitDiagnostics.ActivitySourceName, Func<Activity, bool>? filter = null)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == sourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (filter is null || filter(activity))
                {
                    lock (_lock)
                    {
                        _stopped.Add(activity);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Every activity that has stopped, in the order in which they did.</summary>
    public IReadOnlyList<Activity> Stopped
    {
        get
        {
            lock (_lock)
            {
                return [.. _stopped];
            }
        }
    }

    /// <summary>Stops listening. What was recorded can still be read.</summary>
    public void Dispose() => _listener.Dispose();
}
