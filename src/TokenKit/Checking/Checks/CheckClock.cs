namespace TokenKit.Checking.Checks;

/// <summary>A clock that stands still until it is set. Its timers never fire: a check waits for nothing.</summary>
internal sealed class CheckClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new SilentTimer();

    public void Advance(TimeSpan span)
    {
        var latest = DateTimeOffset.MaxValue.UtcTicks - TimeSpan.TicksPerDay;
        Interlocked.Exchange(ref _ticks, Math.Min(latest, Interlocked.Read(ref _ticks) + Math.Min(span.Ticks, TimeSpan.TicksPerDay * 366)));
    }

    private sealed class SilentTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
