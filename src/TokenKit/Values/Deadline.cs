namespace TokenKit.Values;

/// <summary>A point in time by both clocks (see <see cref="ClockReading"/>), after which nothing more is sent or waited for.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan span)
{
    private readonly ClockReading _start = ClockReading.Now(time);

    public TimeSpan Span { get; } = span;

    public TimeProvider Time { get; } = time;

    /// <summary>What is left; zero when it has passed.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = Span - ClockReading.Now(Time).ElapsedSince(_start, Time);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public bool HasPassed => Remaining == TimeSpan.Zero;
}
