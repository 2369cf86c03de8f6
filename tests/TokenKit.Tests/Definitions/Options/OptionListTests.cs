namespace TokenKit.Tests;

public sealed class OptionListTests
{
    [Fact]
    public void A_text_list_is_written_as_a_text_or_a_list()
    {
        TextList one = "a";
        TextList several = ["a", "b"];
        TextList array = new[] { "c" };
        TextList? none = (string?)null;
        TextList? noArray = (string[]?)null;

        one.Should().Equal("a");
        several.Should().Equal("a", "b");
        several[1].Should().Be("b");
        array.Should().Equal("c");
        none.Should().BeNull();
        noArray.Should().BeNull();
    }

    [Fact]
    public void A_text_list_prints_none_of_its_texts()
    {
        TextList secret = "hunter2";

        $"{secret}".Should().Be("1 text");
    }

    [Fact]
    public void A_text_list_holds_no_null() =>
        FluentActions.Invoking(() => TextList.Create(["a", null!])).Should().Throw<ArgumentException>();

    [Fact]
    public void Fields_keep_their_order_and_may_repeat()
    {
        FieldList fields = new() { { "a", "1" }, { "b", "2" }, { "a", "3" } };

        fields["a"].Should().Equal("1");
        fields["a"] = "4";

        fields.Select(field => $"{field.Key}={field.Value[0]}").Should().Equal("a=4", "b=2");
        fields["b"] = null;
        fields["c"].Should().BeNull();
        fields.Count.Should().Be(1);
    }

    [Fact]
    public void Sections_are_never_null() =>
        FluentActions.Invoking(() => new TokenRefreshOptions().Client = null!).Should().Throw<ArgumentNullException>();
}
