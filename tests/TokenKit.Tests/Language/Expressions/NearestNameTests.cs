using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("Scoop", "Scope")]
    [InlineData("tokenendpoint", "TokenEndpoint")]
    [InlineData("TokneEndpoint", "TokenEndpoint")]
    [InlineData("Zebra", null)]
    [InlineData("", null)]
    public void The_name_somebody_probably_meant_is_found(string written, string? expected) =>
        NearestName.Find(written, ["Scope", "TokenEndpoint", "Client"]).Should().Be(expected);

    [Fact]
    public void A_very_long_name_costs_nothing() => NearestName.Find(new string('a', 100_000), ["Scope"]).Should().BeNull();
}
