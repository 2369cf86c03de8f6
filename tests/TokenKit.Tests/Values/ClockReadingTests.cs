using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

public class ClockReadingTests
{
    [Theory]
    [InlineData(0, 8, 8)]
    [InlineData(-3600, 0, 8)]
    [InlineData(3600, 8, 3608)]
    public void Between_two_clocks_that_differ_lies_what_went_by(int wallClockSetBy, int least, int most)
    {
        var time = new ManualTimeProvider();
        var before = ClockReading.Now(time);
        time.Advance(TimeSpan.FromSeconds(8));
        time.JumpWallClock(TimeSpan.FromSeconds(wallClockSetBy));
        var after = ClockReading.Now(time);

        after.LeastElapsedSince(before, time).Should().Be(TimeSpan.FromSeconds(least));
        after.ElapsedSince(before, time).Should().Be(TimeSpan.FromSeconds(most));
    }

    [Fact]
    public void Of_the_time_that_a_machine_slept_nothing_is_certain_to_have_gone_by()
    {
        var time = new ManualTimeProvider();
        var before = ClockReading.Now(time);
        time.Suspend(TimeSpan.FromHours(1));

        ClockReading.Now(time).LeastElapsedSince(before, time).Should().Be(TimeSpan.Zero);
    }
}
