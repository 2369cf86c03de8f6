namespace TokenKit.FaultHost;

/// <summary>The system's clocks, moved on by hours at a word, so that tokens expire without anybody waiting. Timers run as they do.</summary>
internal sealed class ShiftedTimeProvider : TimeProvider
{
    private long _shift;

    public TimeSpan Shift
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _shift));
        set => Volatile.Write(ref _shift, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(Shift.TotalSeconds * System.TimestampFrequency);
}
