using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

public sealed class TemplateTests
{
    private static readonly StubScope Scope = new StubScope()
        .Secret("a", "A").Secret("tricky", "${secret.a}").Secret("crlf", "x\r\ny").Secret("umlaut", "ü").Secret("half", "\uDC00")
        .Secret("empty", "").Secret("blank", " ");

    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("$", "$")]
    [InlineData("$$", "$$")]
    [InlineData("$${secret.a}", "${secret.a}")]
    [InlineData("$$${secret.a}", "$${secret.a}")]
    [InlineData("${ secret.a }", "A")]
    [InlineData("${'}'}", "}")]
    [InlineData("{${secret.a}}", "{A}")]
    public void Text_and_expressions_alternate(string template, string expected) =>
        Render(template).Text.Should().Be(expected);

    [Fact]
    public void What_a_value_contains_is_never_parsed_again() => Render("${secret.tricky}").Text.Should().Be("${secret.a}");

    [Fact]
    public void A_missing_value_is_named_and_its_neighbours_are_not_shown()
    {
        var result = Render("${secret.a}-${secret.none}");

        result.Text.Should().BeNull();
        result.Unresolved.Should().Be("secret.none has no value");
    }

    [Theory]
    [InlineData("${secret.none?}")]
    [InlineData("a ${secret.none?} b ${secret.a}")]
    [InlineData("${base64(secret.none?)}")]
    [InlineData("${secret.none || secret.nothing?}")]
    public void An_optional_value_that_is_missing_leaves_the_field_out(string template) =>
        Render(template).IsLeftOut.Should().BeTrue();

    [Theory]
    [InlineData("${secret.none?}${secret.nothing}")]
    [InlineData("${secret.none? || secret.nothing}")]
    public void A_value_that_is_not_optional_is_an_error_beside_an_optional_one(string template) =>
        Render(template).Unresolved.Should().Be("secret.nothing has no value");

    [Theory]
    [InlineData("${secret.a")]
    [InlineData("${}")]
    [InlineData("${secret.a}}${")]
    public void What_is_no_template_is_refused(string template) =>
        FluentActions.Invoking(() => TemplateParser.Parse(template, TemplatePlace.Value)).Should().Throw<ExpressionSyntaxException>();

    [Fact]
    public void A_template_with_half_of_a_surrogate_pair_is_refused() =>
        FluentActions.Invoking(() => TemplateParser.Parse("a\uD800", TemplatePlace.Value)).Should().Throw<ExpressionSyntaxException>();

    [Fact]
    public void A_syntax_fault_shows_the_offending_words_and_not_the_whole_text()
    {
        var fault = FluentActions.Invoking(() => TemplateParser.Parse("my-plain-password ${nonsense.a}", TemplatePlace.Value))
            .Should().Throw<ExpressionSyntaxException>().Which;

        fault.Message.Should().Contain("nonsense").And.Contain("character 21").And.NotContain("password");
        fault.MessageWithoutText.Should().NotContain("nonsense");
    }

    [Theory]
    [InlineData("${secret.crlf}")]
    [InlineData("x ${secret.umlaut}")]
    [InlineData("${secret.half}")]
    [InlineData("${secret.blank}")]
    [InlineData("Bearer ${secret.empty}")]
    public void A_header_refuses_values_it_must_not_carry(string template)
    {
        var result = TemplateParser.Parse(template, TemplatePlace.Header).Render(Scope);

        result.IsText.Should().BeFalse();
        result.Unresolved.Should().NotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("tab\there")]
    [InlineData("ünicode")]
    public void A_header_refuses_text_it_must_not_carry_when_parsed(string template) =>
        FluentActions.Invoking(() => TemplateParser.Parse(template, TemplatePlace.Header)).Should().Throw<ExpressionSyntaxException>();

    [Theory]
    [InlineData("${secret.half}")]
    [InlineData("${concat(secret.half, '')}")]
    public void Half_of_a_surrogate_pair_is_an_error_and_never_replaced(string template) =>
        Render(template).Unresolved.Should().Contain("surrogate");

    [Theory]
    [InlineData("${json(secret.a)}")]
    [InlineData("${json(secret.a) || xml(secret.a)}")]
    [InlineData("${'literal'}")]
    [InlineData("${number(1)}${boolean(1)}${urlencode(secret.a)}")]
    public void A_Text_body_takes_values_that_say_how_they_are_escaped(string template) =>
        TemplateParser.Parse(template, TemplatePlace.Text).Render(Scope).IsText.Should().BeTrue();

    [Theory]
    [InlineData("${secret.a}")]
    [InlineData("${lower(secret.a)}")]
    [InlineData("${json(secret.a) || secret.a}")]
    public void A_Text_body_refuses_values_that_do_not(string template) =>
        FluentActions.Invoking(() => TemplateParser.Parse(template, TemplatePlace.Text)).Should().Throw<ExpressionSyntaxException>();

    [Fact]
    public void The_first_alternative_that_resolves_is_used()
    {
        var templates = new[] { "${secret.none}", "${secret.a}", "${secret.empty}" }
            .Select(text => TemplateParser.Parse(text, TemplatePlace.Value));

        Alternatives.RenderFirst([.. templates], Scope).Text.Should().Be("A");
    }

    private static TemplateResult Render(string template) => TemplateParser.Parse(template, TemplatePlace.Value).Render(Scope);
}
