using TokenKit.Source;
using TokenKit.Values;

namespace TokenKit.Scheduling;

/// <summary>All that waits to be renewed without traffic, and when: keys, those whose stored token set is looked at first, rounds.</summary>
/// <remarks>One lock for all of it, held for a few statements. It starts nothing; <see cref="RefreshScheduler"/> does. Thread-safe.</remarks>
internal sealed class RenewalAgenda(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly BackgroundWork _work = new();
    private readonly Dictionary<TokenFlights, ScheduledTokens> _tokens = [];
    private readonly HashSet<TokenSlot> _toLookInto = [];
    private readonly KeepAliveRounds _rounds = new();
    private readonly SchedulerClock _clock = new(time);
    private volatile bool _isOpen;

    /// <summary>Whether anything may begin.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>The number of keys that wait for their time.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _work.Waiting;
            }
        }
    }

    /// <summary>Begins with these registrations. What they have stored is renewed from now on as well.</summary>
    /// <returns>Whether it was closed before.</returns>
    public bool TryOpen(IReadOnlyCollection<ScheduledTokens> registrations)
    {
        lock (_gate)
        {
            if (_isOpen)
            {
                return false;
            }

            _isOpen = true;
            _work.Open(registrations);
            foreach (var tokens in registrations)
            {
                _tokens[tokens.Flights] = tokens;
                if (tokens.Flights.OwnSlot.Current is null)
                {
                    _toLookInto.Add(tokens.Flights.OwnSlot);
                    _work.Put(new ScheduledKey(tokens, tokens.Flights.OwnSlot, null), TimeSpan.Zero);
                }
                else
                {
                    Plan(tokens, tokens.Flights.OwnSlot);
                }

                if (tokens.IsListed)
                {
                    _rounds.Put(tokens, _clock.Now + tokens.FirstRoundAfter);
                }
            }

            return true;
        }
    }

    /// <summary>Lets nothing begin any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isOpen = false;
        }
    }

    /// <summary>Plans the next renewal of a slot that has changed.</summary>
    /// <returns>Whether it comes before all that waited.</returns>
    public bool Plan(TokenFlights flights, TokenSlot slot)
    {
        lock (_gate)
        {
            return _isOpen && _tokens.TryGetValue(flights, out var tokens) && Plan(tokens, slot);
        }
    }

    /// <summary>Plans a key that was taken out before its time.</summary>
    public void PutBack(ScheduledKey key, TimeSpan wait)
    {
        lock (_gate)
        {
            _work.Put(key with { PlannedFor = key.Slot.Current }, _clock.Now + wait);
        }
    }

    /// <summary>Plans a look at what is stored. Wakes nobody: whoever calls it does that at its own end, when all it knows of is in.</summary>
    public void PutLook(ScheduledKey key, TimeSpan wait)
    {
        lock (_gate)
        {
            _toLookInto.Add(key.Slot);
            _work.Put(key, _clock.Now + wait);
        }
    }

    /// <summary>Plans the next round of a registration.</summary>
    public void PutRound(ScheduledTokens tokens, TimeSpan wait)
    {
        lock (_gate)
        {
            _rounds.Put(tokens, _clock.Now + wait);
        }
    }

    /// <summary>Takes what has been due for longest of what may begin.</summary>
    /// <param name="wait">Where nothing may: until the next key or round; <see langword="null"/> where there is neither.</param>
    public BackgroundPlace? TryTake(out TimeSpan? wait)
    {
        lock (_gate)
        {
            wait = null;
            if (!_isOpen)
            {
                return null;
            }

            var now = _clock.Now;
            var place = _work.TryTake(now);
            if (place is null && new[] { _work.NextAt(now), _rounds.Next }.Min() is { } next)
            {
                wait = next > now ? next - now : TimeSpan.Zero;
            }

            return place;
        }
    }

    /// <summary>Takes the rounds that are due.</summary>
    public IReadOnlyList<ScheduledTokens> TakeRounds()
    {
        lock (_gate)
        {
            return _isOpen ? _rounds.TakeDue(_clock.Now) : [];
        }
    }

    /// <summary>Whether what is stored of a slot is to be looked at first. Says so once.</summary>
    public bool TakeLook(TokenSlot slot)
    {
        lock (_gate)
        {
            return _toLookInto.Remove(slot) && slot is { Current: null, Flight: null, Failure: null };
        }
    }

    /// <returns>Whether something waits for the place.</returns>
    public bool Leave(BackgroundPlace place)
    {
        lock (_gate)
        {
            return place.Lane.Leave(place);
        }
    }

    // Under the lock. A subject that a later round brings is left to that: the queue of a store with a million subjects holds those
    // of the next half hour.
    private bool Plan(ScheduledTokens tokens, TokenSlot slot) =>
        tokens.WaitFor(slot, ClockReading.Now(time)) is { } wait
        && !(tokens.IsListed && slot.Key.Subject.Length > 0 && wait > tokens.Round)
        && _work.Put(new ScheduledKey(tokens, slot, slot.Current), _clock.Now + wait);
}
