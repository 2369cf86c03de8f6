using TokenKit.Source;

namespace TokenKit.Scheduling;

/// <summary>The one queue of everything that is renewed without traffic, by when it is due. Used under the scheduler's lock.</summary>
/// <remarks>
/// A key has one place in it. When a key is to be looked at earlier, it is put in again and its old place is passed over;
/// later, it keeps its place and is judged anew when that comes.
/// </remarks>
internal sealed class DueQueue
{
    private readonly PriorityQueue<ScheduledKey, (TimeSpan Due, long Order)> _queue = new();
    private readonly Dictionary<TokenSlot, TimeSpan> _places = [];
    private long _order;

    /// <summary>The number of keys in it.</summary>
    public int Count => _places.Count;

    /// <summary>Gives a key a place, unless it has an earlier one.</summary>
    /// <returns>Whether this place is now the first of all.</returns>
    public bool Put(ScheduledKey key, TimeSpan due)
    {
        if (_places.TryGetValue(key.Slot, out var place) && place <= due)
        {
            return false;
        }

        _places[key.Slot] = due;
        _queue.Enqueue(key, (due, ++_order));
        return ReferenceEquals(_queue.Peek().Slot, key.Slot);
    }

    /// <summary>When the first key is due; <see langword="null"/> when there is none.</summary>
    public TimeSpan? NextDue()
    {
        while (_queue.TryPeek(out var key, out var place))
        {
            if (IsCurrent(key, place.Due))
            {
                return place.Due;
            }

            _queue.Dequeue();
        }

        return null;
    }

    /// <summary>Takes the first key out. There must be one, see <see cref="NextDue"/>.</summary>
    public ScheduledKey Take()
    {
        var key = _queue.Dequeue();
        _places.Remove(key.Slot);
        return key;
    }

    private bool IsCurrent(ScheduledKey key, TimeSpan due) => _places.TryGetValue(key.Slot, out var place) && place == due;
}

/// <summary>A key in the queue.</summary>
/// <param name="Tokens">Where its refreshes are started.</param>
/// <param name="Slot">Its state.</param>
/// <param name="PlannedFor">The token it was planned for: while that is the current one, the plan stands.</param>
internal readonly record struct ScheduledKey(ScheduledTokens Tokens, TokenSlot Slot, AccessToken? PlannedFor);
