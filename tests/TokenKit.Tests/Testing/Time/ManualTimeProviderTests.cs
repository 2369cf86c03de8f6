using FsCheck;
using FsCheck.Fluent;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Both_clocks_stand_still_until_told_to_move()
    {
        var (utc, timestamp) = (_time.GetUtcNow(), _time.GetTimestamp());

        _time.GetUtcNow().Should().Be(utc);
        _time.GetTimestamp().Should().Be(timestamp);
        utc.Should().Be(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        _time.GetLocalNow().Offset.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Both_clocks_move_by_the_same_amount()
    {
        var (utc, timestamp) = (_time.GetUtcNow(), _time.GetTimestamp());

        _time.Advance(TimeSpan.FromMinutes(90));

        (_time.GetUtcNow() - utc).Should().Be(TimeSpan.FromMinutes(90));
        _time.GetElapsedTime(timestamp).Should().Be(TimeSpan.FromMinutes(90));
    }

    [Fact]
    public void The_clock_starts_where_the_test_wants_it()
    {
        var start = new DateTimeOffset(1999, 12, 31, 23, 0, 0, TimeSpan.FromHours(1));

        new ManualTimeProvider(start).GetUtcNow().Should().Be(start);
    }

    [Fact]
    public void It_never_goes_back()
    {
        var back = () => _time.Advance(TimeSpan.FromTicks(-1));

        back.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_wall_clock_jump_leaves_the_monotonic_clock_and_the_timers_alone()
    {
        var fired = 0;
        using var timer = _time.CreateTimer(_ => fired++, null, Second, Timeout.InfiniteTimeSpan);
        var (utc, timestamp) = (_time.GetUtcNow(), _time.GetTimestamp());

        _time.JumpWallClock(TimeSpan.FromDays(-3650));

        _time.GetUtcNow().Should().Be(utc.AddDays(-3650));
        _time.GetTimestamp().Should().Be(timestamp);
        _time.JumpWallClock(TimeSpan.FromDays(7300));
        fired.Should().Be(0);
        _time.Advance(Second);
        fired.Should().Be(1);
    }

    [Fact]
    public void A_suspend_moves_the_wall_clock_and_stops_the_monotonic_one()
    {
        var fired = 0;
        using var timer = _time.CreateTimer(_ => fired++, null, Second, Timeout.InfiniteTimeSpan);
        var (utc, timestamp) = (_time.GetUtcNow(), _time.GetTimestamp());

        _time.Suspend(TimeSpan.FromHours(8));

        (_time.GetUtcNow() - utc).Should().Be(TimeSpan.FromHours(8));
        _time.GetElapsedTime(timestamp).Should().Be(TimeSpan.Zero);
        fired.Should().Be(0);
        _time.NextTimerIn.Should().Be(Second);
        ((Action)(() => _time.Suspend(-Second))).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_each_at_its_own_instant()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        var start = _time.GetTimestamp();
        void Add(string name, int seconds) =>
            _time.CreateTimer(_ => fired.Add((name, _time.GetElapsedTime(start))), null, seconds * Second, Timeout.InfiniteTimeSpan);
        Add("late", 3);
        Add("early", 1);
        Add("middle", 2);
        Add("middle, scheduled later", 2);

        _time.Advance(10 * Second);

        fired.Should().Equal(("early", Second), ("middle", 2 * Second), ("middle, scheduled later", 2 * Second), ("late", 3 * Second));
        _time.GetElapsedTime(start).Should().Be(10 * Second);
    }

    [Fact]
    public void A_timer_does_not_fire_a_tick_too_early()
    {
        var fired = false;
        using var timer = _time.CreateTimer(_ => fired = true, null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(Second - TimeSpan.FromTicks(1));
        fired.Should().BeFalse();

        _time.Advance(TimeSpan.FromTicks(1));
        fired.Should().BeTrue();
    }

    [Fact]
    public void A_period_repeats_until_it_is_changed()
    {
        var fired = new List<TimeSpan>();
        var start = _time.GetTimestamp();
        using var timer = _time.CreateTimer(_ => fired.Add(_time.GetElapsedTime(start)), null, Second, 2 * Second);

        _time.Advance(6 * Second);
        fired.Should().Equal(Second, 3 * Second, 5 * Second);

        timer.Change(Timeout.InfiniteTimeSpan, 2 * Second).Should().BeTrue();
        _time.Advance(60 * Second);
        fired.Should().HaveCount(3);
        _time.WaitingTimers.Should().Be(0);
    }

    [Fact]
    public void A_timer_that_is_due_at_once_waits_for_the_next_move_of_any_size()
    {
        var fired = false;
        using var timer = _time.CreateTimer(_ => fired = true, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        fired.Should().BeFalse();
        _time.Advance(TimeSpan.Zero);
        fired.Should().BeTrue();
    }

    [Fact]
    public void A_callback_may_change_its_own_timer()
    {
        var fired = 0;
        ITimer? timer = null;
        timer = _time.CreateTimer(_ =>
        {
            if (++fired < 3)
            {
                timer!.Change(Second, Timeout.InfiniteTimeSpan);
            }
        }, null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(10 * Second);

        fired.Should().Be(3);
    }

    [Fact]
    public void A_timer_made_by_a_callback_fires_within_the_same_advance()
    {
        var at = TimeSpan.Zero;
        var start = _time.GetTimestamp();
        _time.CreateTimer(
            _ => _time.CreateTimer(_ => at = _time.GetElapsedTime(start), null, Second, Timeout.InfiniteTimeSpan),
            null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(5 * Second);

        at.Should().Be(2 * Second);
    }

    [Fact]
    public void A_disposed_timer_neither_fires_nor_changes()
    {
        var fired = false;
        var timer = _time.CreateTimer(_ => fired = true, null, Second, Second);

        timer.Dispose();
        timer.Dispose();

        timer.Change(Second, Second).Should().BeFalse();
        _time.Advance(5 * Second);
        fired.Should().BeFalse();
        _time.WaitingTimers.Should().Be(0);
    }

    [Fact]
    public void A_callback_may_dispose_its_own_timer()
    {
        var fired = 0;
        ITimer? timer = null;
        timer = _time.CreateTimer(_ =>
        {
            fired++;
            timer!.Dispose();
        }, null, Second, Second);

        _time.Advance(5 * Second);

        fired.Should().Be(1);
    }

    [Fact]
    public async Task Asynchronous_disposal_waits_for_a_callback_that_runs()
    {
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var timer = _time.CreateTimer(_ =>
        {
            entered.Set();
            leave.Wait(TimeSpan.FromSeconds(30));
        }, null, Second, Timeout.InfiniteTimeSpan);
        var advancing = Task.Run(() => _time.Advance(Second));
        entered.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();

        var disposal = timer.DisposeAsync();

        disposal.IsCompleted.Should().BeFalse();
        leave.Set();
        await disposal.AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await advancing;
        (await Record.ExceptionAsync(async () => await timer.DisposeAsync())).Should().BeNull();
    }

    [Fact]
    public void Callbacks_run_outside_the_lock()
    {
        var elsewhere = default(DateTimeOffset);
        var start = _time.GetUtcNow();
        _time.CreateTimer(_ =>
        {
            var thread = new Thread(() => elsewhere = _time.GetUtcNow());
            thread.Start();
            thread.Join(TimeSpan.FromSeconds(30)).Should().BeTrue("another thread may read the clock while a callback runs");
        }, null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(2 * Second);

        elsewhere.Should().Be(start + Second);
    }

    [Fact]
    public void A_callback_runs_in_the_context_in_which_its_timer_was_made()
    {
        var local = new AsyncLocal<string?>();
        string? seen = "nothing";
        local.Value = "maker";
        _time.CreateTimer(_ => seen = local.Value, null, Second, Timeout.InfiniteTimeSpan);
        local.Value = "mover";

        _time.Advance(Second);
        seen.Should().Be("maker");

        using (ExecutionContext.SuppressFlow())
        {
            _time.CreateTimer(_ => seen = local.Value, null, Second, Timeout.InfiniteTimeSpan);
        }

        _time.Advance(Second);
        seen.Should().Be("mover", "a timer made without a context brings none");
    }

    [Fact]
    public void An_exception_of_a_callback_leaves_the_clock_at_its_instant_and_the_rest_for_the_next_move()
    {
        var start = _time.GetTimestamp();
        var fired = false;
        _time.CreateTimer(_ => throw new InvalidOperationException("on purpose"), null, Second, Timeout.InfiniteTimeSpan);
        _time.CreateTimer(_ => fired = true, null, 2 * Second, Timeout.InfiniteTimeSpan);

        ((Action)(() => _time.Advance(3 * Second))).Should().Throw<InvalidOperationException>().WithMessage("on purpose");
        _time.GetElapsedTime(start).Should().Be(Second);

        _time.Advance(TimeSpan.Zero);
        _time.GetElapsedTime(start).Should().Be(3 * Second);
        fired.Should().BeTrue();
    }

    [Fact]
    public void An_advance_from_a_callback_adds_to_the_one_under_way()
    {
        var start = _time.GetTimestamp();
        _time.CreateTimer(_ => _time.Advance(Second), null, Second, Timeout.InfiniteTimeSpan);

        _time.Advance(5 * Second);

        _time.GetElapsedTime(start).Should().Be(6 * Second);
    }

    [Fact]
    public async Task Moves_of_several_threads_add_up_and_no_timer_is_lost_or_fired_twice()
    {
        var fired = 0;
        for (var i = 1; i <= 1000; i++)
        {
            _time.CreateTimer(_ => Interlocked.Increment(ref fired), null, i * TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        var start = _time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 250; i++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
            }
        })));

        fired.Should().Be(1000);
        _time.GetElapsedTime(start).Should().Be(Second);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(uint.MaxValue)]
    public void What_the_timers_of_the_platform_refuse_is_refused_here(long milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);

        foreach (var provider in (TimeProvider[])[TimeProvider.System, _time])
        {
            ((Action)(() => provider.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan))).Should().Throw<ArgumentOutOfRangeException>();
            ((Action)(() => provider.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, time))).Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    [Fact]
    public async Task The_waits_of_the_platform_follow_the_clock()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(5), _time);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMinutes(4), _time);
        using var period = new PeriodicTimer(TimeSpan.FromMinutes(2), _time);
        var tick = period.WaitForNextTickAsync();

        _time.Advance(TimeSpan.FromMinutes(2));
        (await tick).Should().BeTrue();
        cancellation.IsCancellationRequested.Should().BeFalse();

        _time.Advance(TimeSpan.FromMinutes(2));
        cancellation.IsCancellationRequested.Should().BeTrue();
        delay.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromMinutes(1));
        await delay;
    }

    [Fact]
    public async Task A_test_can_wait_until_something_waits()
    {
        var two = _time.WaitForTimersAsync(2);
        var first = Task.Delay(Second, _time);
        two.IsCompleted.Should().BeFalse();

        var second = Task.Delay(Second, _time);

        await two;
        await _time.WaitForTimersAsync();
        _time.Advance(Second);
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Waiting_in_vain_ends_with_a_reason()
    {
        var vain = () => _time.WaitForTimersAsync(2, TimeSpan.FromMilliseconds(1));

        (await vain.Should().ThrowAsync<TimeoutException>()).WithMessage("*waited for 2 timers, 0 are there*");
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = _time.WaitForTimersAsync(1, cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await ((Func<Task>)(() => waiting)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public void Any_timers_and_any_steps_fire_everything_due_in_order_and_nothing_else() =>
        Prop.ForAll<PositiveInt[], byte[]>((dues, steps) =>
        {
            var time = new ManualTimeProvider();
            var start = time.GetTimestamp();
            var fired = new List<long>();
            foreach (var due in dues)
            {
                time.CreateTimer(
                    _ => fired.Add(time.GetElapsedTime(start).Ticks), null, TimeSpan.FromTicks(due.Get), Timeout.InfiniteTimeSpan);
            }

            foreach (var step in steps)
            {
                time.Advance(TimeSpan.FromTicks(step));
            }

            var now = steps.Sum(step => (long)step);
            fired.Should().Equal(dues.Select(due => (long)due.Get).Where(due => due <= now).Order());
            time.WaitingTimers.Should().Be(dues.Length - fired.Count);
        }).QuickCheckThrowOnFailure();
}
