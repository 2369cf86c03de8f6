using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

public sealed class ExpressionFunctionTests
{
    private static readonly StubScope Scope = new StubScope()
        .Secret("name", "ann").Secret("half", "a\uD800b").Secret("long", new string('x', ExpressionLimits.ResultLength))
        .Secret("commas", new string(',', ExpressionLimits.ListLength + 1)).Secret("empty", "")
        .Body(("list", StubScope.List(StubScope.Number("1"), ExpressionValue.Null)), ("nothing", ExpressionValue.Null));

    [Theory]
    [InlineData("concat(secret.none, secret.name)")]
    [InlineData("base64(body.nothing)")]
    [InlineData("json(secret.none)")]
    [InlineData("split(secret.none, ',')")]
    [InlineData("substring(secret.none, 1)")]
    [InlineData("unix(secret.none)")]
    [InlineData("hmacsha256(secret.none, 'a', 'hex')")]
    public void An_argument_without_a_value_leaves_the_function_without_one(string text) =>
        Evaluate(text).Should().BeSameAs(ExpressionValue.Absent);

    [Theory]
    [InlineData("concat(body.list)")]
    [InlineData("base64(secret.half)")]
    [InlineData("json(secret.half)")]
    [InlineData("json(secret.half, 'x')")]
    [InlineData("concat(secret.long, 'x')")]
    [InlineData("urlencode(concat(secret.long), secret.name)")]
    [InlineData("upper(base64(secret.long))")]
    [InlineData("base64decode('not base64!')")]
    [InlineData("base64decode('/w==')")]
    [InlineData("split(secret.commas, ',')")]
    [InlineData("split(secret.name, secret.empty)")]
    [InlineData("substring(secret.name, secret.name)")]
    [InlineData("substring(secret.name, 0, '-1')")]
    [InlineData("unix('yesterday')")]
    [InlineData("format('2026-13-01T00:00:00Z', 'yyyy')")]
    [InlineData("number('1e')")]
    [InlineData("number('01')")]
    [InlineData("number('NaN')")]
    [InlineData("boolean('maybe')")]
    [InlineData("hmacsha1(secret.empty, 'a', 'hex')")]
    [InlineData("hmacsha256(secret.empty, 'a', 'hex')")]
    [InlineData("hmacsha512(secret.empty, 'a', 'hex')")]
    public void What_a_function_cannot_use_is_unreadable_and_nothing_throws(string text) =>
        Evaluate(text).Should().BeOfType<ExpressionValue.UnreadableValue>().Which.Why.Should().NotContain("ann");

    [Theory]
    [InlineData("substring('abc', 1, 99)", "bc")]
    [InlineData("substring('abc', 99)", "")]
    [InlineData("substring('abc', 0, 0)", "")]
    [InlineData("base64decode(' YQ ')", "a")]
    [InlineData("json(body.list)", "[1,null]")]
    [InlineData("json(body.nothing)", "null")]
    [InlineData("json('a', 1)", "\"a1\"")]
    [InlineData("json(true)", "true")]
    [InlineData("number(' -1.5E+3 ')", "-1.5E+3")]
    [InlineData("boolean('FALSE')", "false")]
    [InlineData("xml('<a b=\"c\">&')", "&lt;a b=&quot;c&quot;&gt;&amp;")]
    [InlineData("lower('ÄI')", "äi")]
    [InlineData("format('2026-03-01T01:30:00+02:00', 'yyyy-MM-dd HH:mm')", "2026-02-28 23:30")]
    public void A_function_at_its_edges_gives(string text, string expected)
    {
        Evaluate(text).TryGetText(out var given);

        given.Should().Be(expected);
    }

    [Theory]
    [InlineData("format(now, '%')")]
    [InlineData("format(now, '')")]
    [InlineData("split('a', '')")]
    [InlineData("split('a', 1)")]
    [InlineData("unix(now, now)")]
    public void Arguments_that_can_never_work_are_refused_when_parsed(string text) =>
        FluentActions.Invoking(() => ExpressionParser.Parse(text)).Should().Throw<ExpressionSyntaxException>();

    private static ExpressionValue Evaluate(string text) => ExpressionParser.Parse(text).Evaluate(Scope);
}
