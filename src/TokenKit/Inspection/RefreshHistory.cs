using TokenKit.Source;

namespace TokenKit.Inspection;

/// <summary>Keeps the last refreshes of each key: 50, and of subjects only the thousand that were refreshed last.</summary>
/// <remarks>Thread-safe. A million tenants leave a thousand histories behind.</remarks>
internal sealed class RefreshHistory(TimeProvider time) : IFlightObserver
{
    public const int Depth = 50;
    public const int MostSubjects = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<TokenKey, Record> _records = [];
    private readonly LinkedList<TokenKey> _subjects = new();

    public void Completed(TokenFlights flights, TokenFlight flight, RefreshResult result)
    {
        if (result.IsLook)
        {
            return;
        }

        var refresh = new RefreshRecord
        {
            StartedAt = time.GetUtcNow() - result.Duration,
            Duration = result.Duration,
            Trigger = result.Trigger,
            Outcome = result.Outcome,
            Failure = result.Failure,
            Generation = result.Token?.Generation ?? 0,
            CorrelationId = result.CorrelationId,
            Steps = result.Steps,
        };
        lock (_gate)
        {
            var record = RecordOf(result.Key);
            if (!result.IsDeadGrantLookUp || record.LastReason is not RefreshFailureReason.ReauthorizationRequired)
            {
                record.Add(refresh);
            }
        }
    }

    /// <summary>The refreshes of a key, the newest first.</summary>
    public IReadOnlyList<RefreshRecord> Of(TokenKey key)
    {
        lock (_gate)
        {
            return _records.TryGetValue(key, out var record) ? [.. record.Refreshes.Reverse()] : [];
        }
    }

    /// <summary>When a key's last refresh, and its last successful one, ended.</summary>
    public (DateTimeOffset? Attempt, DateTimeOffset? Success) LastOf(TokenKey key)
    {
        lock (_gate)
        {
            return _records.TryGetValue(key, out var record) ? (record.LastAttemptAt, record.LastSuccessAt) : (null, null);
        }
    }

    // Under the lock.
    private Record RecordOf(TokenKey key)
    {
        if (_records.TryGetValue(key, out var known))
        {
            if (known.Place is { } place)
            {
                _subjects.Remove(place);
                _subjects.AddLast(place);
            }

            return known;
        }

        var record = new Record { Place = key.Subject.Length > 0 ? _subjects.AddLast(key) : null };
        if (_subjects.Count > MostSubjects)
        {
            _records.Remove(_subjects.First!.Value);
            _subjects.RemoveFirst();
        }

        _records.Add(key, record);
        return record;
    }

    private sealed class Record
    {
        public LinkedListNode<TokenKey>? Place { get; init; }

        public Queue<RefreshRecord> Refreshes { get; } = new();

        public RefreshFailureReason? LastReason { get; private set; }

        public DateTimeOffset? LastAttemptAt { get; private set; }

        public DateTimeOffset? LastSuccessAt { get; private set; }

        public void Add(RefreshRecord refresh)
        {
            Refreshes.Enqueue(refresh);
            if (Refreshes.Count > Depth)
            {
                Refreshes.Dequeue();
            }

            LastReason = refresh.Failure?.Reason;
            LastAttemptAt = refresh.StartedAt + refresh.Duration;
            LastSuccessAt = refresh.Outcome is RefreshOutcome.Failed ? LastSuccessAt : LastAttemptAt;
        }
    }
}
