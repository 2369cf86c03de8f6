using TokenKit.Language.Expressions;
using TokenKit.Language.Expressions.Functions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

public sealed class ExpressionsPageTests
{
    public static TheoryData<string, string> Expressions => DataOf("expression");

    public static TheoryData<string, string> ValueTemplates => DataOf("template value");

    public static TheoryData<string, string> UrlTemplates => DataOf("template url");

    public static TheoryData<string, string> TextTemplates => DataOf("template text");

    public static TheoryData<string, string> JsonTemplates => DataOf("template json");

    [Theory]
    [MemberData(nameof(Expressions))]
    public void An_expression_of_the_page_gives_what_the_page_says(string written, string gives) =>
        Outcome(() => ExpressionParser.Parse(written).Evaluate(ExpressionsPage.Values) switch
        {
            ExpressionValue.UnreadableValue => "(unusable)",
            var value => value.TryGetText(out var text) ? text : "(nothing)",
        }).Should().Be(gives);

    [Theory]
    [MemberData(nameof(ValueTemplates))]
    public void A_template_of_the_page_gives_what_the_page_says(string written, string gives) =>
        Outcome(() => Describe(TemplateParser.Parse(written, TemplatePlace.Value).Render(ExpressionsPage.Values))).Should().Be(gives);

    [Theory]
    [MemberData(nameof(UrlTemplates))]
    public void A_URL_of_the_page_gives_what_the_page_says(string written, string gives) =>
        Outcome(() => Describe(TemplateParser.Parse(written, TemplatePlace.Url).Render(ExpressionsPage.Values))).Should().Be(gives);

    [Theory]
    [MemberData(nameof(TextTemplates))]
    public void A_text_of_the_page_gives_what_the_page_says(string written, string gives) =>
        Outcome(() => Describe(TemplateParser.Parse(written, TemplatePlace.Text).Render(ExpressionsPage.Values))).Should().Be(gives);

    [Theory]
    [MemberData(nameof(JsonTemplates))]
    public void A_JSON_text_of_the_page_gives_what_the_page_says(string written, string gives) =>
        Outcome(() => Describe(JsonTemplateParser.ParseText(written).Render(ExpressionsPage.Values))).Should().Be(gives);

    [Fact]
    public void The_page_has_an_example_of_every_function()
    {
        var examples = ExpressionsPage.Examples("expression").Select(example => example.Written).ToArray();

        foreach (var function in ExpressionFunctions.Names)
        {
            examples.Should().Contain(example => example.Contains($"{function}(", StringComparison.Ordinal), $"{function} needs an example");
        }
    }

    [Fact]
    public void The_page_has_an_example_of_every_root_that_has_values()
    {
        var examples = ExpressionsPage.Examples("expression").Select(example => ExpressionParser.Parse(
            example.Gives == "(refused)" ? "null" : example.Written)).SelectMany(expression => expression.References).Select(reference => reference.Root).ToArray();
        examples.Should().Contain(ExpressionRoots.Names);
    }

    private static TheoryData<string, string> DataOf(string kind)
    {
        var data = new TheoryData<string, string>();
        foreach (var (written, gives) in ExpressionsPage.Examples(kind))
        {
            data.Add(written, gives);
        }

        return data;
    }

    private static string Outcome(Func<string> run)
    {
        try
        {
            return run();
        }
        catch (ExpressionSyntaxException)
        {
            return "(refused)";
        }
    }

    private static string Describe(TemplateResult result) => result switch
    {
        { IsText: true } => result.Text,
        { IsLeftOut: true } => "(left out)",
        _ => "(missing)",
    };
}
