using FsCheck;
using FsCheck.Fluent;
using TokenKit.Testing;
using TokenKit.Values;

namespace TokenKit.Tests;

public class TokenLifeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "Fresh")]
    [InlineData(74.9, "Fresh")]
    [InlineData(75, "Due")]
    [InlineData(99.9, "Due")]
    [InlineData(100, "Expired")]
    [InlineData(1000, "Expired")]
    public void A_token_is_fresh_then_due_then_expired(double seconds, string expected)
    {
        var time = new ManualTimeProvider(Start);
        var life = LifeFrom(time, 100, 75);

        time.Advance(TimeSpan.FromSeconds(seconds));

        life.At(ClockReading.Now(time)).ToString().Should().Be(expected);
    }

    [Fact]
    public void A_suspended_machine_does_not_stretch_a_life()
    {
        var time = new ManualTimeProvider(Start);
        var life = LifeFrom(time, 100, 75);

        time.Suspend(TimeSpan.FromSeconds(101));

        life.At(ClockReading.Now(time)).Should().Be(Freshness.Expired);
    }

    [Fact]
    public void A_wall_clock_set_back_does_not_stretch_a_life()
    {
        var time = new ManualTimeProvider(Start);
        var life = LifeFrom(time, 100, 75);

        time.JumpWallClock(TimeSpan.FromDays(-1));
        time.Advance(TimeSpan.FromSeconds(100));

        life.At(ClockReading.Now(time)).Should().Be(Freshness.Expired);
    }

    [Fact]
    public void A_token_is_due_after_a_suspend_that_only_the_wall_clock_saw()
    {
        var time = new ManualTimeProvider(Start);
        var life = LifeFrom(time, 100, 75);

        time.Suspend(TimeSpan.FromSeconds(76));

        life.At(ClockReading.Now(time)).Should().Be(Freshness.Due);
    }

    [Fact]
    public void A_token_is_due_by_the_monotonic_clock_although_the_wall_clock_was_set_back()
    {
        var time = new ManualTimeProvider(Start);
        var life = LifeFrom(time, 100, 75);

        time.JumpWallClock(TimeSpan.FromDays(-1));
        time.Advance(TimeSpan.FromSeconds(75));

        life.At(ClockReading.Now(time)).Should().Be(Freshness.Due);
    }

    [Fact]
    public void What_is_left_is_told_by_the_clock_that_leaves_less()
    {
        var time = new ManualTimeProvider(Start);
        var life = LifeFrom(time, 100, 75);

        time.Suspend(TimeSpan.FromSeconds(30));
        life.DueInAt(ClockReading.Now(time)).Should().Be(TimeSpan.FromSeconds(45));
        life.RemainingAt(ClockReading.Now(time)).Should().Be(TimeSpan.FromSeconds(70));

        time.JumpWallClock(TimeSpan.FromDays(-1));
        time.Advance(TimeSpan.FromSeconds(40));
        life.DueInAt(ClockReading.Now(time)).Should().Be(TimeSpan.FromSeconds(35));
        life.RemainingAt(ClockReading.Now(time)).Should().Be(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_token_that_never_expires_stays_fresh()
    {
        var time = new ManualTimeProvider(Start);
        var life = new TokenLife(
            ClockReading.Now(time), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, time.TimestampFrequency);

        time.Advance(TimeSpan.FromDays(4000));

        life.At(ClockReading.Now(time)).Should().Be(Freshness.Fresh);
        life.ExpiresAt.Should().Be(DateTimeOffset.MaxValue);
    }

    [Fact]
    public void Freshness_only_ever_gets_worse_and_a_token_is_never_usable_after_its_life() => Check.QuickThrowOnFailure(
        Prop.ForAll(
            ArbMap.Default.ArbFor<(NonNegativeInt Lifetime, NonNegativeInt Refresh, NonNegativeInt First, NonNegativeInt Second)>(),
            drawn =>
            {
                var time = new ManualTimeProvider(Start);
                var life = LifeFrom(time, drawn.Lifetime.Get, Math.Min(drawn.Refresh.Get, drawn.Lifetime.Get));
                time.Advance(TimeSpan.FromSeconds(drawn.First.Get));
                var before = life.At(ClockReading.Now(time));
                time.Advance(TimeSpan.FromSeconds(drawn.Second.Get));
                var after = life.At(ClockReading.Now(time));

                return after >= before
                    && (drawn.First.Get + drawn.Second.Get < drawn.Lifetime.Get) == (after is not Freshness.Expired);
            }));

    [Fact]
    public void A_life_read_later_is_the_same_life()
    {
        var time = new ManualTimeProvider(Start);
        var set = new TokenSet { ObtainedAt = Start, Lifetime = TimeSpan.FromSeconds(100), RefreshAfter = TimeSpan.FromSeconds(75) };
        time.Advance(TimeSpan.FromSeconds(40));

        var life = TokenLife.Of(set, ClockReading.Now(time), time);

        life.RemainingAt(ClockReading.Now(time)).Should().Be(TimeSpan.FromSeconds(60));
        life.ExpiresAt.Should().Be(Start.AddSeconds(100));
    }

    [Fact]
    public void The_age_of_a_token_that_is_read_later_counts_by_the_monotonic_clock_as_well()
    {
        var time = new ManualTimeProvider(Start);
        var set = new TokenSet { ObtainedAt = Start, Lifetime = TimeSpan.FromSeconds(100), RefreshAfter = TimeSpan.FromSeconds(75) };
        time.Advance(TimeSpan.FromSeconds(40));
        var life = TokenLife.Of(set, ClockReading.Now(time), time);

        time.JumpWallClock(TimeSpan.FromDays(-1));
        time.Advance(TimeSpan.FromSeconds(35));
        life.At(ClockReading.Now(time)).Should().Be(Freshness.Due);
        time.Advance(TimeSpan.FromSeconds(25));
        life.At(ClockReading.Now(time)).Should().Be(Freshness.Expired);
    }

    private static TokenLife LifeFrom(TimeProvider time, double lifetime, double refreshAfter) => new(
        ClockReading.Now(time), TimeSpan.FromSeconds(lifetime), TimeSpan.FromSeconds(refreshAfter), time.TimestampFrequency);
}
