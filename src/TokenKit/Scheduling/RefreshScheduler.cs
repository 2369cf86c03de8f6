using Microsoft.Extensions.Logging;
using TokenKit.Source;
using TokenKit.Values;
using TokenKit.Work;

namespace TokenKit.Scheduling;

/// <summary>Renews tokens that are due although nobody asks for them: one timer for all keys.</summary>
/// <remarks>
/// <see cref="RenewalAgenda"/> says what may begin; a token whose server or store hangs delays no other. Nothing runs
/// before <see cref="Start"/>: without a host the library works and renews as callers ask. Thread-safe.
/// </remarks>
internal sealed class RefreshScheduler : IFlightObserver, IDisposable
{
    /// <summary>Timers stand still while a machine sleeps, and take 49.7 days at most: the clocks are looked at this often.</summary>
    public static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(30);

    /// <summary>When a store that could not be read or listed is looked into again.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly RenewalAgenda _agenda;
    private readonly Alarm _alarm;
    private readonly TimeProvider _time;
    private readonly IWorkSpawner _spawner;
    private readonly ILogger _logger;

    public RefreshScheduler(TimeProvider time, IWorkSpawner spawner, ILogger logger)
    {
        (_time, _spawner, _logger) = (time, spawner, logger);
        _agenda = new RenewalAgenda(time);
        _alarm = new Alarm(time, spawner.CompletionOptions);
    }

    /// <summary>The number of keys that wait for their time.</summary>
    public int Waiting => _agenda.Waiting;

    /// <summary>Begins with these registrations. What they have stored is renewed from now on as well.</summary>
    public void Start(IReadOnlyCollection<ScheduledTokens> registrations)
    {
        if (_agenda.TryOpen(registrations))
        {
            _spawner.Start(static scheduler => scheduler.RunAsync(), this);
        }
    }

    /// <summary>Starts nothing any more. What is under way goes on.</summary>
    public void Stop()
    {
        _agenda.Close();
        _alarm.Ring();
    }

    public void Changed(TokenFlights flights, TokenSlot slot)
    {
        if (_agenda.Plan(flights, slot))
        {
            _alarm.Ring();
        }
    }

    public void Dispose()
    {
        Stop();
        _alarm.Dispose();
    }

    private async Task RunAsync()
    {
        while (_agenda.IsOpen)
        {
            foreach (var tokens in _agenda.TakeRounds())
            {
                _spawner.Start(static item => item.scheduler.MakeRoundAsync(item.tokens), (scheduler: this, tokens));
            }

            TimeSpan? wait;
            while (_agenda.TryTake(out wait) is { } place)
            {
                _spawner.Start(static item => item.scheduler.VisitAsync(item.place), (scheduler: this, place));
            }

            if (_agenda.IsOpen)
            {
                await _alarm.WaitAsync(wait > LongestSleep ? LongestSleep : wait).ConfigureAwait(false);
            }
        }
    }

    private async Task VisitAsync(BackgroundPlace place)
    {
        var key = place.Key;
        try
        {
            // Read before the store is looked into: what a caller obtained and stored meanwhile is adopted and not renewed.
            var known = key.Slot.Current;
            if (_agenda.TakeLook(key.Slot)
                ? await LookAsync(place).ConfigureAwait(false) && key.Slot.Current is null
                : IsDue(key) && await IsToBeKeptAliveAsync(place).ConfigureAwait(false))
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

        if (_agenda.Leave(place))
        {
            _alarm.Ring();
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

        _agenda.PutBack(key, wait);
        return false;
    }

    // Another registration of the record, or another version of the program, may have renewed the grant meanwhile.
    private async Task<bool> IsToBeKeptAliveAsync(BackgroundPlace place) =>
        !place.Key.Tokens.MayBeKeptAliveByOthers(place.Key.Slot, ClockReading.Now(_time)) || await LookAsync(place).ConfigureAwait(false);

    // Nobody may ask for a token for a long time after the start; what is stored is renewed all the same.
    private async Task<bool> LookAsync(BackgroundPlace place)
    {
        var key = place.Key;
        try
        {
            var wait = await key.Tokens.WaitForStoredAsync(key.Slot, place.Calls).ConfigureAwait(false);
            if (wait is { Ticks: > 0 })
            {
                _agenda.PutLook(key, wait.Value);
                return false;
            }

            return wait is not null;
        }
        catch (Exception exception)
        {
            _logger.StoreNotReadAtStart(exception, key.Slot.Key);
            _agenda.PutLook(key, LookAgain);
            return false;
        }
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
                if (!_agenda.IsOpen)
                {
                    return;
                }

                var slot = tokens.Flights.SlotFor(subject);
                if (slot is { Current: null, Flight: null, Failure: null })
                {
                    _agenda.PutLook(new ScheduledKey(tokens, slot, null), wait);
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

        _agenda.PutRound(tokens, pause);
        _alarm.Ring();
    }
}
