using TokenKit.Values;

namespace TokenKit.Scheduling;

/// <summary>The time that has passed for the scheduler: on by whichever of the two clocks went further, never back.</summary>
/// <remarks>
/// A wall clock set forward and the hours of a suspended machine count, as they do for the life of a token; a wall clock set
/// back does not. Used under the scheduler's lock.
/// </remarks>
internal sealed class SchedulerClock(TimeProvider time)
{
    private ClockReading _last = ClockReading.Now(time);
    private TimeSpan _passed;

    /// <summary>Since the clock was made.</summary>
    public TimeSpan Now
    {
        get
        {
            var reading = ClockReading.Now(time);
            _passed += reading.ElapsedSince(_last, time);
            _last = reading;
            return _passed;
        }
    }
}
