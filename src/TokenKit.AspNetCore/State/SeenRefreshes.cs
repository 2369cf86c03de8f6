using System.Collections.Concurrent;

namespace TokenKit;

/// <summary>Takes notes of every refresh of this process: the last 50 of each key, and that something changed.</summary>
internal sealed class SeenRefreshes : IDisposable
{
    private const int Kept = 50;

    private readonly ConcurrentDictionary<TokenKey, Notes> _notes = new();
    private readonly RefreshTelemetry _telemetry;
    private readonly TimeProvider _time;
    private volatile TaskCompletionSource _change = NewChange();

    public SeenRefreshes(RefreshTelemetry telemetry, TimeProvider time)
    {
        (_telemetry, _time) = (telemetry, time);
        telemetry.RefreshEnded += Note;
    }

    /// <summary>Ends when the next refresh ends. Take it before reading the state, so that nothing falls in between.</summary>
    public Task NextChange => _change.Task;

    /// <summary>The last refreshes of a key, the newest first.</summary>
    public IReadOnlyList<RefreshSummary> Of(TokenKey key) => _notes.TryGetValue(key, out var notes) ? notes.Newest() : [];

    /// <summary>When the last refresh ended that brought a token.</summary>
    public DateTimeOffset? LastSuccessAt(TokenKey key) => _notes.TryGetValue(key, out var notes) ? notes.LastSuccessAt : null;

    public void Dispose() => _telemetry.RefreshEnded -= Note;

    /// <summary>Tells who looks that something changed otherwise: what is stored was replaced or removed.</summary>
    public void Announce() => Interlocked.Exchange(ref _change, NewChange()).TrySetResult();

    private void Note(RefreshResult result)
    {
        _notes.GetOrAdd(result.Key, static _ => new Notes()).Add(RefreshSummary.Of(result, _time.GetUtcNow()));
        Announce();
    }

    // Whoever looks continues elsewhere, never on the refresh's own thread.
    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Notes
    {
        private readonly Queue<RefreshSummary> _refreshes = new();

        public DateTimeOffset? LastSuccessAt { get; private set; }

        public void Add(RefreshSummary refresh)
        {
            lock (_refreshes)
            {
                if (_refreshes.Count == Kept)
                {
                    _refreshes.Dequeue();
                }

                _refreshes.Enqueue(refresh);
                LastSuccessAt = refresh.Outcome is RefreshOutcome.Failed ? LastSuccessAt : refresh.EndedAt;
            }
        }

        public IReadOnlyList<RefreshSummary> Newest()
        {
            lock (_refreshes)
            {
                return [.. _refreshes.Reverse()];
            }
        }
    }
}
