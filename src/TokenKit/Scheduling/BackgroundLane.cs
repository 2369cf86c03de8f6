namespace TokenKit.Scheduling;

/// <summary>What one registration has to renew without traffic: the oldest first, so many at a time, the next when one ends.</summary>
/// <remarks>
/// A lane for each registration, since the servers differ: one that hangs delays the tokens of no other. Used under the
/// scheduler's lock.
/// </remarks>
internal sealed class BackgroundLane(int places)
{
    /// <summary>After this time a place no longer counts, unless the store is what it waits for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly DueQueue _queue = new();
    private readonly HashSet<BackgroundPlace> _taken = [];

    /// <summary>The number of keys that wait for their time.</summary>
    public int Waiting => _queue.Count;

    /// <inheritdoc cref="DueQueue.Put"/>
    public bool Put(ScheduledKey key, TimeSpan due) => _queue.Put(key, due);

    /// <summary>When the next may begin, as far as is known now; <see langword="null"/> when none waits.</summary>
    public TimeSpan? NextAt(TimeSpan now)
    {
        if (_queue.NextDue() is not { } due || _taken.Count(place => place.CountsAt(now)) < places)
        {
            return _queue.NextDue();
        }

        // One that has its patience behind it waits for the store, and ends or is looked at again.
        var free = _taken.Where(place => place.CountsAt(now)).Min(static place => place.Since) + Patience;
        free = free > now ? free : now + Patience;
        return due > free ? due : free;
    }

    /// <summary>Takes a place for the first key. There must be one, see <see cref="NextAt"/>.</summary>
    public BackgroundPlace Take(TimeSpan now)
    {
        var place = new BackgroundPlace(_queue.Take(), this, now);
        _taken.Add(place);
        return place;
    }

    /// <returns>Whether something waits for the place.</returns>
    public bool Leave(BackgroundPlace place) => _taken.Remove(place) && _queue.Count > 0;
}
