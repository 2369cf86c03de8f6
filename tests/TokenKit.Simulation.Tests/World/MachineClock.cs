namespace TokenKit.Simulation.Tests;

/// <summary>The clocks of one machine. Timers fire by true time, when the machine runs.</summary>
internal sealed class MachineClock(TimeProvider truth, Machine machine, bool countsPauses) : TimeProvider
{
    /// <summary>How far the wall clock is off.</summary>
    public TimeSpan WallOffset { get; set; }

    /// <summary>How long the machine slept: the monotonic clock stood still, as on Linux.</summary>
    public TimeSpan Slept { get; set; }

    /// <summary>How long the machine stood still in all.</summary>
    public TimeSpan StoodStill { get; set; }

    public override long TimestampFrequency => truth.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    // A machine that does not count its pauses is how "no check before sending" looks to the code: no deadline ever passes
    // because the machine stood still.
    private TimeSpan Uncounted => countsPauses ? TimeSpan.Zero : StoodStill;

    public override long GetTimestamp() => truth.GetTimestamp() - (countsPauses ? Slept : StoodStill).Ticks;

    public override DateTimeOffset GetUtcNow() => truth.GetUtcNow() + WallOffset - Uncounted;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new MachineTimer(machine, callback, state);
        timer.Inner = truth.CreateTimer(static timer => ((MachineTimer)timer!).Due(), timer, dueTime, period);
        return timer;
    }

    private sealed class MachineTimer(Machine machine, TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        public ITimer? Inner { get; set; }

        public void Due() => machine.Run(Fire);

        public bool Change(TimeSpan dueTime, TimeSpan period) => Inner!.Change(dueTime, period);

        public void Dispose()
        {
            _isDisposed = true;
            Inner!.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            if (!_isDisposed)
            {
                callback(state);
            }
        }
    }
}
