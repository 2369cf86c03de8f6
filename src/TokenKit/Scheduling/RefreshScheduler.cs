using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Scheduling;

/// <summary>Renews tokens that are due although nobody asks for them: one timer for all keys.</summary>
/// <remarks>
/// <see cref="BackgroundWork"/> says what may begin; a token whose server or store hangs delays no other. Nothing runs
/// before <see cref="Start"/>: without a host the library works and renews as callers ask. Thread-safe.
/// </remarks>
internal sealed class RefreshScheduler : IFlightObserver, IDisposable
{
    /// <summary>Timers stand still while a machine sleeps, and take 49.7 days at most: the clocks are looked at this often.</summary>
    public static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    /// <summary>When a store that could not be read or listed is looked into again.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly BackgroundWork _work = new();
    private readonly Dictionary<TokenFlights, ScheduledTokens> _tokens = [];
    private readonly HashSet<TokenSlot> _toLookInto = [];
    private readonly KeepAliveRounds _rounds = new();
    private readonly SchedulerClock _clock;
    private readonly Alarm _alarm;
    private readonly TimeProvider _time;
    private readonly IWorkSpawner _spawner;
    private readonly ILogger _logger;
    private volatile bool _isRunning;

    public RefreshScheduler(TimeProvider time, IWorkSpawner spawner, ILogger<RefreshScheduler> logger)
    {
        (_time, _spawner, _logger) = (time, spawner, logger);
        _clock = new SchedulerClock(time);
        _alarm = new Alarm(time, spawner.CompletionOptions);
    }

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
    public void Start(IReadOnlyCollection<ScheduledTokens> registrations)
    {
        lock (_gate)
        {
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
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
        }

        _spawner.Start(static scheduler => scheduler.RunAsync(), this);
    }

    /// <summary>Starts nothing any more. What is under way goes on.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isRunning = false;
        }

        _alarm.Ring();
    }

    public void Changed(TokenFlights flights, TokenSlot slot)
    {
        lock (_gate)
        {
            if (!_isRunning || !_tokens.TryGetValue(flights, out var tokens) || !Plan(tokens, slot))
            {
                return;
            }
        }

        _alarm.Ring();
    }

    public void Dispose()
    {
        Stop();
        _alarm.Dispose();
    }

    private async Task RunAsync()
    {
        while (StartDue(out var wait))
        {
            await _alarm.WaitAsync(wait).ConfigureAwait(false);
        }
    }

    private bool StartDue(out TimeSpan? wait)
    {
        StartRounds();
        while (true)
        {
            BackgroundPlace? place;
            lock (_gate)
            {
                if (!_isRunning)
                {
                    wait = null;
                    return false;
                }

                var now = _clock.Now;
                place = _work.TryTake(now);
                if (place is null)
                {
                    wait = WaitFrom(now);
                    return true;
                }
            }

            _spawner.Start(static item => item.scheduler.VisitAsync(item.place), (scheduler: this, place));
        }
    }

    private async Task VisitAsync(BackgroundPlace place)
    {
        var key = place.Key;
        try
        {
            // Read before the store is looked into: what a caller obtained and stored meanwhile is adopted and not renewed.
            var known = key.Slot.Current;
            if (WantsLook(key.Slot) ? await LookAsync(place).ConfigureAwait(false) : IsDue(key))
            {
                var flight = key.Tokens.Flights.JoinOrStart(key.Slot, new FlightOrder(RefreshTrigger.Scheduled, known));
                place.Calls = flight.Place;
                await flight.EndAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // One key that cannot even be started must not end the scheduler for all others.
            _logger.ScheduledKeyFailed(exception, key.Slot.Key);
        }

        Leave(place);
    }

    private void Leave(BackgroundPlace place)
    {
        lock (_gate)
        {
            if (!place.Lane.Leave(place))
            {
                return;
            }
        }

        _alarm.Ring();
    }

    private bool WantsLook(TokenSlot slot)
    {
        lock (_gate)
        {
            return _toLookInto.Remove(slot) && slot is { Current: null, Flight: null, Failure: null };
        }
    }

    private bool IsDue(ScheduledKey key)
    {
        var now = ClockReading.Now(_time);
        if (key.Tokens.WaitFor(key.Slot, now) is not { } wait)
        {
            return false;
        }

        // While its token is the current one a plan stands: its time was counted on both clocks, and a wall clock that was
        // set back meanwhile does not put it off.
        var stands = ReferenceEquals(key.PlannedFor, key.Slot.Current)
            && key.Slot.Failure?.HoldsBack(RefreshTrigger.Scheduled, now, _time) is not true;
        if (stands || wait <= TimeSpan.Zero)
        {
            return true;
        }

        lock (_gate)
        {
            _work.Put(key with { PlannedFor = key.Slot.Current }, _clock.Now + wait);
        }

        return false;
    }

    // Under the lock. Returns whether the loop must wake earlier than it meant to. A subject that a later round brings is left to
    // that: the queue of a store with a million subjects holds those of the next half hour.
    private bool Plan(ScheduledTokens tokens, TokenSlot slot) =>
        tokens.WaitFor(slot, ClockReading.Now(_time)) is { } wait
        && !(tokens.IsListed && slot.Key.Subject.Length > 0 && wait > tokens.Round)
        && _work.Put(new ScheduledKey(tokens, slot, slot.Current), _clock.Now + wait);

    // Nobody may ask for a token for a long time after the start; what is stored is renewed all the same.
    private async Task<bool> LookAsync(BackgroundPlace place)
    {
        var key = place.Key;
        try
        {
            var wait = await key.Tokens.WaitForStoredAsync(key.Slot, place.Calls).ConfigureAwait(false);
            if (wait is { Ticks: > 0 })
            {
                LookInto(key, wait.Value);
                return false;
            }

            return wait is not null && key.Slot.Current is null;
        }
        catch (Exception exception)
        {
            _logger.StoreNotReadAtStart(exception, key.Slot.Key);
            LookInto(key, LookAgain);
            return false;
        }
    }

    // Rings nothing: whoever calls it does that at its own end, when all it knows of is in the queue and the oldest is the first.
    private void LookInto(ScheduledKey key, TimeSpan wait)
    {
        lock (_gate)
        {
            _toLookInto.Add(key.Slot);
            _work.Put(key, _clock.Now + wait);
        }
    }

    // Under the lock. Until the next key or round; null when there is neither.
    private TimeSpan? WaitFrom(TimeSpan now)
    {
        TimeSpan? next = new[] { _work.NextAt(now), _rounds.Next }.Min();
        return next is null ? null : TimeSpan.FromTicks(Math.Clamp((next.Value - now).Ticks, 0, LongestSleep.Ticks));
    }

    private void StartRounds()
    {
        List<ScheduledTokens> due;
        lock (_gate)
        {
            due = _isRunning ? _rounds.TakeDue(_clock.Now) : [];
        }

        due.ForEach(tokens => _spawner.Start(static item => item.scheduler.MakeRoundAsync(item.tokens), (scheduler: this, tokens)));
    }

    // This process may never have served them: what is stored is kept alive by whichever process looks, and a lease decides
    // between two.
    private async Task MakeRoundAsync(ScheduledTokens tokens)
    {
        var pause = tokens.Round;
        try
        {
            await foreach (var (subject, wait) in tokens.SubjectsToKeepAliveAsync().ConfigureAwait(false))
            {
                if (!_isRunning)
                {
                    return;
                }

                var slot = tokens.Flights.SlotFor(subject);
                if (slot is { Current: null, Flight: null, Failure: null })
                {
                    LookInto(new ScheduledKey(tokens, slot, null), wait);
                }
                else
                {
                    Changed(tokens.Flights, slot);
                }
            }
        }
        catch (Exception exception)
        {
            _logger.StoreNotListed(exception, tokens.Flights.Name);
            pause = LookAgain;
        }

        lock (_gate)
        {
            _rounds.Put(tokens, _clock.Now + pause);
        }

        _alarm.Ring();
    }
}
