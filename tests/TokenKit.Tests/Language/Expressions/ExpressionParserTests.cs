using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

public sealed class ExpressionParserTests
{
    private static readonly StubScope Scope = new StubScope()
        .Secret("name", "ann").Secret("odd.name", "odd").Secret("with-dash", "dash").Secret("empty", "")
        .With("header", "X-Rate", "7")
        .With("status", null, StubScope.Number("200"))
        .With("now", null, ExpressionValue.Of(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)))
        .With("token", "values", StubScope.Object(("instance_url", ExpressionValue.Of("https://a.example"))))
        .Body(
            ("session", StubScope.Object(("token", ExpressionValue.Of("t-1")), ("odd name", ExpressionValue.Of("o")))),
            ("list", StubScope.List(ExpressionValue.Of("zero"), StubScope.Object(("id", StubScope.Number("12"))))),
            ("no", ExpressionValue.False), ("nothing", ExpressionValue.Null), ("zero", StubScope.Number("0")),
            ("broken", new ExpressionValue.UnreadableValue("is broken")));

    [Theory]
    [InlineData("secret.name", "ann")]
    [InlineData("secret['odd.name']", "odd")]
    [InlineData("secret.with-dash", "dash")]
    [InlineData("body.session.token", "t-1")]
    [InlineData("body['session']['odd name']", "o")]
    [InlineData("body.list[0]", "zero")]
    [InlineData("body.list[1].id", "12")]
    [InlineData("body.session?.token", null)]
    [InlineData("header['X-Rate']", "7")]
    [InlineData("header.X-Rate", "7")]
    [InlineData("token.values.instance_url", "https://a.example")]
    [InlineData("'it''s'", "it's")]
    [InlineData("12.50", "12.50")]
    [InlineData("-1", "-1")]
    [InlineData("  ( secret.name )  ", "ann")]
    public void A_path_or_literal_gives_its_text(string text, string? expected)
    {
        if (expected is null)
        {
            FluentActions.Invoking(() => ExpressionParser.Parse(text)).Should().Throw<ExpressionSyntaxException>();
            return;
        }

        TextOf(text).Should().Be(expected);
    }

    [Theory]
    [InlineData("secret.none || secret.name", "ann")]
    [InlineData("body.nothing || body.no || secret.empty || 'last'", "last")]
    [InlineData("body.zero || 'last'", "0")]
    [InlineData("secret.none || secret.empty", "")]
    public void Or_passes_over_absent_null_empty_and_false_and_ends_with_the_last(string text, string expected) =>
        TextOf(text).Should().Be(expected);

    [Theory]
    [InlineData("status == 200", true)]
    [InlineData("status == '200'", true)]
    [InlineData("status == 200.0", true)]
    [InlineData("status != 200", false)]
    [InlineData("status in (201, 200)", true)]
    [InlineData("status in ('a', 'b')", false)]
    [InlineData("body.nothing == null", true)]
    [InlineData("body.missing == null", true)]
    [InlineData("secret.empty == null", false)]
    [InlineData("body.no == false", true)]
    [InlineData("body.session == body.session", false)]
    [InlineData("body.broken == 'x'", false)]
    [InlineData("!body.no", true)]
    [InlineData("!!secret.name", true)]
    [InlineData("!body.zero", false)]
    [InlineData("status == 200 && !body.missing", true)]
    [InlineData("status == 200 && body.missing", false)]
    [InlineData("status == 500 || secret.name == 'ann'", true)]
    [InlineData("!(status in (200, 201)) || body.no", false)]
    [InlineData("secret.name == 'ANN'", false)]
    public void Conditions_give_true_or_false(string text, bool expected) =>
        ExpressionParser.Parse(text).Evaluate(Scope).Should().BeSameAs(expected ? ExpressionValue.True : ExpressionValue.False);

    [Theory]
    [InlineData("now + '7d'", "2026-03-08T12:00:00Z")]
    [InlineData("now - '90m'", "2026-03-01T10:30:00Z")]
    [InlineData("now + '1h' - '00:30:00'", "2026-03-01T12:30:00Z")]
    [InlineData("'2026-01-01T00:00:00+01:00' + 'PT1H'", "2026-01-01T00:00:00Z")]
    public void A_time_moves_by_a_duration(string text, string expected) => TextOf(text).Should().Be(expected);

    [Theory]
    [InlineData("secret.name + '7d'")]
    [InlineData("now + secret.name")]
    [InlineData("now + '9999999d'")]
    public void A_time_that_cannot_be_moved_is_unreadable_and_nothing_throws(string text) =>
        ExpressionParser.Parse(text).Evaluate(Scope).Should().BeOfType<ExpressionValue.UnreadableValue>();

    [Theory]
    [InlineData("", 0)]
    [InlineData("secret", 6)]
    [InlineData("secret.", 7)]
    [InlineData("secret.a.b", 8)]
    [InlineData("nonsense.a", 0)]
    [InlineData("Secret.a", 0)]
    [InlineData("client.key", 6)]
    [InlineData("token.values", 12)]
    [InlineData("'open", 0)]
    [InlineData("\"double\"", 0)]
    [InlineData("a | b", 2)]
    [InlineData("status = 200", 7)]
    [InlineData("status == 200 == 200", 14)]
    [InlineData("status in 200", 10)]
    [InlineData("status in ()", 11)]
    [InlineData("now -'7d'", 4)]
    [InlineData("now + 7", 6)]
    [InlineData("now + 'a while'", 6)]
    [InlineData("'a' + 'b'", 6)]
    [InlineData("body[01x]", 5)]
    [InlineData("body[-1]", 5)]
    [InlineData("body.0", 5)]
    [InlineData("(secret.a", 9)]
    [InlineData("secret.a)", 8)]
    [InlineData("secret.a secret.b", 9)]
    [InlineData("nofunction('a')", 0)]
    [InlineData("base64()", 7)]
    [InlineData("split('a')", 0)]
    [InlineData("sha256('a')", 0)]
    [InlineData("sha256('a', 'octal')", 0)]
    [InlineData("format(now, secret.a)", 0)]
    [InlineData("base64('a')?", 11)]
    [InlineData("body.a ? b", 9)]
    [InlineData("secret.ä", 7)]
    public void What_is_no_expression_is_refused_with_its_position(string text, int position) =>
        FluentActions.Invoking(() => ExpressionParser.Parse(text))
            .Should().Throw<ExpressionSyntaxException>().Which.Position.Should().Be(position);

    [Fact]
    public void A_misspelt_root_names_the_nearest_one() =>
        FluentActions.Invoking(() => ExpressionParser.Parse("scret.a"))
            .Should().Throw<ExpressionSyntaxException>().WithMessage("*did you mean 'secret'?*character 1*\"scret\"*");

    [Fact]
    public void Depth_length_and_size_are_bounded()
    {
        string[] texts =
        [
            new string('(', 100_000), new string('!', 50_000) + "status", new string('a', 100_000),
            string.Concat(Enumerable.Repeat("trim(", 1_000)), "status" + string.Concat(Enumerable.Repeat(" || status", 5_000)),
            "body" + string.Concat(Enumerable.Repeat(".a", 100)), "body[99999999999]",
        ];

        foreach (var text in texts)
        {
            FluentActions.Invoking(() => ExpressionParser.Parse(text)).Should().Throw<ExpressionSyntaxException>();
        }
    }

    [Fact]
    public void References_name_every_root_that_may_be_read_once() =>
        ExpressionParser.Parse("base64(client.id, ':', secret.a || secret.a) == body.x[0] && !status").References
            .Should().Equal(
                new ExpressionReference("client", "id"), new ExpressionReference("secret", "a"),
                new ExpressionReference("body", null), new ExpressionReference("status", null));

    private static string? TextOf(string expression) =>
        ExpressionParser.Parse(expression).Evaluate(Scope).TryGetText(out var text) ? text : null;
}
