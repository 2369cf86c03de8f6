using TokenKit.Refresh.Map;

namespace TokenKit.Tests;

public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("7", 7)]
    [InlineData(" 120 ", 120)]
    [InlineData("0", 1)]
    [InlineData("3600", 3600)]
    [InlineData("3601", 3600)]
    [InlineData("99999999999999999999999999", 3600)]
    [InlineData("Sat, 21 Nov 2026 12:00:30 GMT", 30)]
    [InlineData("Mon, 21 Nov 2026 12:00:30 GMT", 30)]
    [InlineData("Saturday, 21-Nov-26 12:00:30 GMT", 30)]
    [InlineData("Sat Nov 21 12:00:30 2026", 30)]
    [InlineData("Sat Nov  7 12:00:30 2026", 1)]
    [InlineData("Fri, 31 Dec 1999 23:59:59 GMT", 1)]
    [InlineData("Tue, 31 Dec 2199 23:59:59 GMT", 3600)]
    public void A_wait_is_read_within_floor_and_cap(string text, int seconds) =>
        RetryAfter.Read(text, Now).Should().Be(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("0x10")]
    [InlineData("٣٦")]
    [InlineData("2026-11-21T12:00:30Z")]
    [InlineData("Sat, 99 Nov 2026 12:00:30 GMT")]
    [InlineData("Sat, 21 Nov 2026 12:00:30 CEST")]
    public void What_is_no_wait_gives_none(string text) => RetryAfter.Read(text, Now).Should().BeNull();
}
