using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class DefinitionMarkTests
{
    [Fact]
    public void A_mark_is_the_first_half_of_a_hash_with_the_version_of_its_rules() =>
        DefinitionMark.Of("client\n4:crm1").ToString().Should().Be("1-d2e0885e9bd1ce20a4d45f430edfcd35");

    [Theory]
    [InlineData("1-00000000000000000000000000000001")]
    [InlineData("1-f00000000000000000000000000000ff")]
    [InlineData("255-ffffffffffffffffffffffffffffffff")]
    [InlineData("")]
    public void What_is_stored_is_read_back_as_it_was(string text)
    {
        DefinitionMark.TryParse(text, out var mark).Should().BeTrue();

        mark.ToString().Should().Be(text);
        DefinitionMark.Parse(text).Should().Be(mark);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1-")]
    [InlineData("-00000000000000000000000000000001")]
    [InlineData("0-00000000000000000000000000000001")]
    [InlineData("01-00000000000000000000000000000001")]
    [InlineData("256-00000000000000000000000000000001")]
    [InlineData("+1-00000000000000000000000000000001")]
    [InlineData("1-0000000000000000000000000000001")]
    [InlineData("1-000000000000000000000000000000001")]
    [InlineData("1-0000000000000000000000000000000g")]
    [InlineData("1- 0000000000000000000000000000001")]
    public void What_is_no_mark_is_not_read(string text)
    {
        DefinitionMark.TryParse(text, out var mark).Should().BeFalse();

        mark.Should().Be(default(DefinitionMark));
        FluentActions.Invoking(() => DefinitionMark.Parse(text)).Should().Throw<FormatException>();
    }

    [Fact]
    public void Marks_of_one_text_match_and_of_two_do_not()
    {
        DefinitionMark.Of("a").Matches(DefinitionMark.Of("a")).Should().BeTrue();
        DefinitionMark.Of("a").Matches(DefinitionMark.Of("b")).Should().BeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("2-00000000000000000000000000000001")]
    public void A_mark_that_is_absent_or_of_unknown_rules_matches_any_and_equals_only_itself(string text)
    {
        var mark = DefinitionMark.Parse(text);
        var known = DefinitionMark.Of("a");

        mark.Matches(known).Should().BeTrue();
        known.Matches(mark).Should().BeTrue();
        mark.Matches(DefinitionMark.Parse("2-00000000000000000000000000000002")).Should().BeTrue();
        (mark == known).Should().BeFalse();
        (mark == DefinitionMark.Parse(text)).Should().BeTrue();
    }

    [Fact]
    public void The_default_is_absent()
    {
        default(DefinitionMark).IsAbsent.Should().BeTrue();
        DefinitionMark.Of("").IsAbsent.Should().BeFalse();
    }
}
