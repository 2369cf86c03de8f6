using System.Globalization;

namespace TokenKit.Testing;

/// <summary>A clock that only moves when a test moves it, and fires timers in order while it does.</summary>
/// <remarks>
/// <para>
/// Wall clock and monotonic clock start together and move together with <see cref="Advance"/>; <see cref="JumpWallClock"/>
/// and <see cref="Suspend"/> part them. Timers follow the monotonic clock, as those of the platform do.
/// </para>
/// <para>
/// Callbacks run on the thread that calls <see cref="Advance"/>, one after the other, outside any lock, in the execution
/// context in which their timer was created. A timer that is due at once fires with the next <see cref="Advance"/>, also
/// with one of <see cref="TimeSpan.Zero"/>. Safe for use by several threads.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var time = new ManualTimeProvider();
/// var delay = Task.Delay(TimeSpan.FromMinutes(1), time);
/// time.Advance(TimeSpan.FromMinutes(1));
/// await delay;
/// </code>
/// </example>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _scheduled = new(ManualTimer.ByDueTime);
    private readonly List<TimerWaiter> _waiters = [];

    // Ticks of the monotonic clock. _target is ahead of _now only while timers are being fired.
    private long _now;
    private long _target;
    private long _wallOffset;
    private long _sequence;

    /// <summary>Makes a clock that stands at a given instant.</summary>
    /// <param name="start">The first reading of the wall clock; 2026-01-01 00:00 UTC by default.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) =>
        _wallOffset = (start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcTicks;

    /// <summary>Ten million a second: one for each tick of a <see cref="TimeSpan"/>.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Always UTC.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>The number of timers that are waiting for their time.</summary>
    public int WaitingTimers
    {
        get
        {
            lock (_lock)
            {
                return _scheduled.Count;
            }
        }
    }

    /// <summary>How far the next timer is away; <see langword="null"/> when none waits.</summary>
    public TimeSpan? NextTimerIn
    {
        get
        {
            lock (_lock)
            {
                return _scheduled.Min is { } next ? TimeSpan.FromTicks(Math.Max(0, next.DueAt - _now)) : null;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return new DateTimeOffset(_wallOffset + _now, TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    /// <summary>
    /// Moves both clocks forward and fires every timer whose time comes, in the order of their due times, with the clocks
    /// at each timer's own instant.
    /// </summary>
    /// <remarks>
    /// Calls add up: one that comes while another is under way, from another thread or from a callback, moves the common
    /// goal further and helps to reach it. An exception of a callback leaves the clocks at its instant; the next call
    /// makes up for the rest.
    /// </remarks>
    /// <param name="by">How far; zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_lock)
        {
            _target += by.Ticks;
        }

        while (NextDue() is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Sets the wall clock forward or back, as an operator or a time service does. The monotonic clock goes on.</summary>
    /// <remarks>No timer fires: timers follow the monotonic clock.</remarks>
    /// <param name="by">How far; negative to set it back.</param>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_lock)
        {
            _wallOffset += by.Ticks;
        }
    }

    /// <summary>
    /// Lets the machine sleep, as on Linux: the wall clock moves on, the monotonic clock and the timers stand still.
    /// </summary>
    /// <param name="duration">How long; zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative.</exception>
    public void Suspend(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        JumpWallClock(duration);
    }

    /// <summary>Waits until at least so many timers are waiting for their time: until the code under test waits.</summary>
    /// <param name="count">How many timers; 1 by default.</param>
    /// <param name="timeout">In real time; 30 seconds by default.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when they are there.</returns>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
    public async Task WaitForTimersAsync(int count = 1, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var waiter = new TimerWaiter(count);
        lock (_lock)
        {
            if (_scheduled.Count >= count)
            {
                return;
            }

            _waiters.Add(waiter);
        }

        await Signals.WaitAsync(waiter.Came.Task, timeout, () => string.Create(CultureInfo.InvariantCulture,
            $"waited for {count} timers, {WaitingTimers} are there"), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a timer that fires when <see cref="Advance"/> reaches its time.</summary>
    /// <param name="callback">What to call.</param>
    /// <param name="state">What to call it with.</param>
    /// <param name="dueTime">From now to the first call; <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    /// <param name="period">From call to call; zero or <see cref="Timeout.InfiniteTimeSpan"/> for one call only.</param>
    /// <returns>The timer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A time is negative or above 4,294,967,294 ms (49.7 days), which the timers of the platform refuse as well.
    /// </exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Schedules a timer anew, or takes it off.</summary>
    internal bool Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period, bool dispose)
    {
        List<TimerWaiter> done;
        lock (_lock)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _scheduled.Remove(timer);
            timer.IsDisposed = dispose;
            timer.Period = period > TimeSpan.Zero ? period.Ticks : 0;
            if (dispose || dueTime == Timeout.InfiniteTimeSpan)
            {
                return true;
            }

            Put(timer, _now + dueTime.Ticks);
            done = _waiters.FindAll(waiter => waiter.Count <= _scheduled.Count);
            _waiters.RemoveAll(done.Contains);
        }

        done.ForEach(static waiter => waiter.Came.TrySetResult());
        return true;
    }

    private void Put(ManualTimer timer, long dueAt)
    {
        (timer.DueAt, timer.Sequence) = (dueAt, ++_sequence);
        _scheduled.Add(timer);
    }

    private ManualTimer? NextDue()
    {
        lock (_lock)
        {
            if (_scheduled.Min is not { } timer || timer.DueAt > _target)
            {
                _now = _target;
                return null;
            }

            _scheduled.Remove(timer);
            _now = Math.Max(_now, timer.DueAt);
            if (timer.Period > 0)
            {
                Put(timer, timer.DueAt + timer.Period);
            }

            timer.Enter();
            return timer;
        }
    }

    private sealed class TimerWaiter(int count)
    {
        public int Count { get; } = count;

        public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
