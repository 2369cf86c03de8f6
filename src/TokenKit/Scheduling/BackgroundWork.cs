namespace TokenKit.Scheduling;

/// <summary>Everything that is renewed without traffic, and what of it may begin now. Used under the scheduler's lock.</summary>
internal sealed class BackgroundWork
{
    /// <summary>After a long sleep everything is due at once: so many begin, and then a pause is made.</summary>
    public const int Burst = 100;

    public static readonly TimeSpan BurstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>How many a registration renews at once where its store does not say how many calls it carries out.</summary>
    public const int UsualPlaces = 25;

    private readonly Dictionary<(ScheduledTokens Tokens, bool IsOwn), BackgroundLane> _lanes = [];
    private TimeSpan _burstEnd;
    private int _begun;

    /// <summary>The number of keys that wait for their time.</summary>
    public int Waiting => _lanes.Values.Sum(static lane => lane.Waiting);

    /// <summary>Makes room for registrations: half of what a store carries out at once is for them, the rest is left to callers.</summary>
    public void Open(IReadOnlyCollection<ScheduledTokens> registrations)
    {
        foreach (var sharing in registrations.GroupBy(static tokens => tokens.Store))
        {
            var places = sharing.First().Connections is { } connections ? connections / 2 / sharing.Count() : UsualPlaces;
            foreach (var tokens in sharing)
            {
                // Callers wait for the registration's own token, however many subjects are overdue.
                _lanes[(tokens, true)] = new BackgroundLane(1);
                _lanes[(tokens, false)] = new BackgroundLane(Math.Max(1, places));
            }
        }
    }

    /// <summary>Gives a key a place in the queue, unless it has an earlier one.</summary>
    /// <returns>Whether it is now the first of its lane.</returns>
    public bool Put(ScheduledKey key, TimeSpan due) => _lanes[(key.Tokens, key.Slot.Key.Subject.Length == 0)].Put(key, due);

    /// <summary>When something may begin, as far as is known now; <see langword="null"/> when nothing waits.</summary>
    public TimeSpan? NextAt(TimeSpan now)
    {
        var next = _lanes.Values.Min(lane => lane.NextAt(now));
        return next < _burstEnd && IsBurstOver(now) ? _burstEnd : next;
    }

    /// <summary>Takes what has been due for longest of what may begin; <see langword="null"/> when nothing may.</summary>
    public BackgroundPlace? TryTake(TimeSpan now)
    {
        var first = _lanes.Values.MinBy(lane => lane.NextAt(now) ?? TimeSpan.MaxValue);
        if (first is null || !(first.NextAt(now) <= now) || IsBurstOver(now))
        {
            return null;
        }

        (_burstEnd, _begun) = now < _burstEnd ? (_burstEnd, _begun + 1) : (now + BurstPause, 1);
        return first.Take(now);
    }

    private bool IsBurstOver(TimeSpan now) => now < _burstEnd && _begun >= Burst;
}
