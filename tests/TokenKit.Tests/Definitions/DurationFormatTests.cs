using TokenKit.Definitions;

namespace TokenKit.Tests;

public sealed class DurationFormatTests
{
    [Theory]
    [InlineData("d:hh:mm", "1:02:03", 93_780)]
    [InlineData("d:hh:mm", " 0:2:3 ", 7_380)]
    [InlineData("h:mm:ss", "100:00:01", 360_001)]
    [InlineData("d.hh:mm:ss", "1.00:00:00", 86_400)]
    [InlineData("mm", "5", 300)]
    public void A_text_of_the_format_is_read(string format, string text, int seconds)
    {
        DurationFormat.TryCompile(format, out var compiled).Should().BeTrue();

        compiled!.TryRead(text, out var duration).Should().BeTrue();
        duration.Should().Be(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData("1:02")]
    [InlineData("1:02:03:04")]
    [InlineData("1-02-03")]
    [InlineData("-1:02:03")]
    [InlineData("::")]
    [InlineData("")]
    [InlineData("1:02:03x")]
    [InlineData("١:٠٢:٠٣")]
    public void Another_text_is_refused(string text)
    {
        DurationFormat.TryCompile("d:hh:mm", out var compiled).Should().BeTrue();

        compiled!.TryRead(text, out _).Should().BeFalse();
    }

    [Fact]
    public void A_text_of_any_length_ends_at_the_longest_duration()
    {
        DurationFormat.TryCompile("d:hh", out var compiled).Should().BeTrue();

        compiled!.TryRead(new string('9', 50_000) + ":00", out var duration).Should().BeTrue();
        duration.Should().Be(TimeSpan.MaxValue);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("::")]
    [InlineData("yyyy")]
    [InlineData("hhmm")]
    [InlineData("h:hh")]
    [InlineData("h:1")]
    public void What_is_no_format_does_not_compile(string? format) => DurationFormat.TryCompile(format, out _).Should().BeFalse();
}
