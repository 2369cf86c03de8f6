using FsCheck;
using FsCheck.Fluent;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

/// <summary>Whatever text comes, parsing gives an expression or the typed exception, and evaluation gives a value.</summary>
public sealed class ExpressionFuzzTests
{
    private static readonly string[] Words =
    [
        "secret.a", "secret", "body", ".", "x", "['x']", "[0]", "[", "]", "?", "||", "&&", "!", "==", "!=", "in", "(", ")", ",", "+", " - ", "-",
        "'t'", "'", "''", "1", "1.5", "-1", "true", "null", "now", "'7d'", "base64(", "json(", "split(", "substring(", "format(", "'yyyy'",
        "sha256(", "'hex'", "number(", "concat(", "token.values", "header", "${", "}", "$${", " ", "\"", "é", "\uD800", "\0", "\n", "{", ":",
    ];

    private static readonly Arbitrary<string> Texts =
        Gen.Elements(Words).ListOf().Select(words => string.Concat(words)).ToArbitrary();

    private static readonly StubScope Scope = new StubScope()
        .Secret("a", "A")
        .With("now", null, ExpressionValue.Of(DateTimeOffset.UnixEpoch))
        .Body(("x", StubScope.List(StubScope.Number("1"), new ExpressionValue.UnreadableValue("is odd"))));

    [Fact]
    public void An_expression_is_parsed_or_refused_and_never_throws_anything_else() =>
        Check(text =>
        {
            var expression = ExpressionParser.Parse(text);
            expression.Evaluate(Scope).Should().NotBeNull();
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_template_is_parsed_or_refused_and_never_throws_anything_else(int place) =>
        Check(text => TemplateParser.Parse(text, (TemplatePlace)place).Render(Scope));

    [Fact]
    public void A_JSON_text_is_parsed_or_refused_and_never_throws_anything_else() =>
        Check(text => JsonTemplateParser.ParseText(text).Render(Scope));

    [Fact]
    public void A_URL_template_with_a_host_is_parsed_or_refused_and_never_throws_anything_else() =>
        Check(text => TemplateParser.Parse("https://a.example/" + text, TemplatePlace.Url).Render(Scope));

    private static void Check(Action<string> run)
    {
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_500), Prop.ForAll(Texts, text => Survives(text, run)));
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => text is null || Survives(text, run)));
    }

    private static bool Survives(string text, Action<string> run)
    {
        try
        {
            run(text);
            return true;
        }
        catch (ExpressionSyntaxException exception)
        {
            return exception.Position >= 0 && exception.Position <= text.Length + "https://a.example/".Length && exception.Message.Length < 500;
        }
    }
}
