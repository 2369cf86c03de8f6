using System.Globalization;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("55m", "00:55:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData("500ms", "00:00:00.5000000")]
    [InlineData("1m500ms", "00:01:00.5000000")]
    [InlineData("2w", "14.00:00:00")]
    [InlineData("0s", "00:00:00")]
    [InlineData("PT55M", "00:55:00")]
    [InlineData("P1DT2H", "1.02:00:00")]
    [InlineData("P7D", "7.00:00:00")]
    [InlineData("PT0.5S", "00:00:00.5000000")]
    [InlineData("00:55:00", "00:55:00")]
    [InlineData("1.02:03:04", "1.02:03:04")]
    public void A_duration_with_its_unit_is_read(string text, string expected)
    {
        DurationText.TryParse(text, out var duration).Should().BeTrue();

        duration.Should().Be(TimeSpan.ParseExact(expected, "c", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("55")]
    [InlineData("55 m")]
    [InlineData("-5m")]
    [InlineData("m")]
    [InlineData("5x")]
    [InlineData("5M")]
    [InlineData("5m5m")]
    [InlineData("5m1h")]
    [InlineData("5.m")]
    [InlineData(".5m")]
    [InlineData("1.2.3m")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("PT5")]
    [InlineData("P1DT")]
    [InlineData("00:55")]
    [InlineData("24:00:00")]
    [InlineData("1:2:3:4")]
    [InlineData("٥m")]
    [InlineData("99999999999999999999d")]
    [InlineData("10675200d")]
    [InlineData("79228162514264337593543950335d79228162514264337593543950335h")]
    public void Anything_else_is_refused(string? text) => DurationText.TryParse(text, out _).Should().BeFalse();
}
