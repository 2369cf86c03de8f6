using System.Text.Json.Nodes;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

public sealed class JsonTemplateTests
{
    private static readonly StubScope Scope = new StubScope()
        .Secret("a", "A").Secret("quoted", "say \"hi\"\\\n").Secret("injected", "\",\"admin\":true,\"x\":\"").Secret("number", "7")
        .Secret("half", "\uD800")
        .Body(("list", StubScope.List(StubScope.Number("1.50"), ExpressionValue.True)), ("nothing", ExpressionValue.Null));

    [Fact]
    public void A_tree_keeps_its_shape_and_its_types()
    {
        var tree = new JsonObject
        {
            ["text"] = "${secret.a}",
            ["inner"] = new JsonObject { ["list"] = new JsonArray("${secret.a}", 1, true, null), ["empty"] = new JsonObject() },
            ["number"] = "${number(secret.number)}",
            ["flag"] = "${boolean('1')}",
            ["value"] = "${json(body.list)}",
            ["mixed"] = "n ${number(secret.number)}",
        };

        JsonTemplateParser.Parse(tree).Render(Scope).Text.Should().Be(
            """{"text":"A","inner":{"list":["A",1,true,null],"empty":{}},"number":7,"flag":true,"value":[1.50,true],"mixed":"n 7"}""");
    }

    [Theory]
    [InlineData("""{"a":"${secret.none?}","b":"${secret.a}"}""", """{"b":"A"}""")]
    [InlineData("""{"b":"${secret.a}","a":"${secret.none?}"}""", """{"b":"A"}""")]
    [InlineData("""["${secret.none?}","${secret.a}","${secret.none?}","x"]""", """["A","x"]""")]
    [InlineData("""{"a":{"b":"${secret.none?}"}}""", """{"a":{}}""")]
    [InlineData("""{"a":"$${literal}"}""", """{"a":"${literal}"}""")]
    [InlineData("""{"a":"\"${secret.a}\""}""", """{"a":"\"A\""}""")]
    [InlineData("""{"a":"${concat('"', secret.a)}"}""", """{"a":"\"A"}""")]
    [InlineData("""{"a":${json(body.nothing)}}""", """{"a":null}""")]
    [InlineData("\"${secret.a}\"", "\"A\"")]
    [InlineData("${json(secret.a)}", "\"A\"")]
    public void A_text_is_JSON_with_expressions(string text, string expected) =>
        JsonTemplateParser.ParseText(text).Render(Scope).Text.Should().Be(expected);

    [Fact]
    public void Only_what_it_cannot_do_without_is_required()
    {
        var template = JsonTemplateParser.ParseText(
            """{"a":"${param.a?}","b":["${param.b || param.c}","${secret.d}"],"e":${number(param.e)},"f":${json(token.refresh?)}}""");

        template.Required.Should().BeEquivalentTo([new ExpressionReference("secret", "d"), new ExpressionReference("param", "e")]);
        template.References.Should().HaveCount(6);
    }

    [Fact]
    public void Every_fault_of_a_tree_is_found_with_its_place()
    {
        var tree = new JsonObject { ["a"] = "${", ["b"] = new JsonObject { ["c"] = new JsonArray("x", "${secret.}") }, ["d"] = "fine" };
        List<string> places = [];

        JsonTemplateParser.Parse(tree, (place, _) => places.Add(place));

        places.Should().Equal(".a", ".b.c[1]");
    }

    [Theory]
    [InlineData("secret.quoted", "say \"hi\"\\\n")]
    [InlineData("secret.injected", "\",\"admin\":true,\"x\":\"")]
    public void A_value_never_breaks_out_of_its_string(string expression, string value)
    {
        var rendered = JsonTemplateParser.ParseText("""{"a":"${EXPRESSION}","b":${json(EXPRESSION)}}"""
            .Replace("EXPRESSION", expression, StringComparison.Ordinal)).Render(Scope).Text;

        var tree = JsonNode.Parse(rendered!)!.AsObject();
        tree.Select(member => member.Key).Should().Equal("a", "b");
        tree["a"]!.GetValue<string>().Should().Be(value);
        tree["b"]!.GetValue<string>().Should().Be(value);
    }

    [Theory]
    [InlineData("""{"a":"${secret.none}"}""", "secret.none")]
    [InlineData("""{"a":"${number(secret.a)}"}""", "number")]
    [InlineData("""{"a":"${body.list}"}""", "body.list")]
    [InlineData("""{"a":"${secret.half}"}""", "secret.half")]
    public void What_cannot_be_rendered_is_named(string text, string name) =>
        JsonTemplateParser.ParseText(text).Render(Scope).Unresolved.Should().Contain(name);

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"a":${secret.a}}""")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"${secret.a}":1}""")]
    [InlineData("""{"a":"${nonsense}"}""")]
    [InlineData("""{"a":${json(secret.a)}${json(secret.a)}}""")]
    public void What_is_no_JSON_template_is_refused(string text) =>
        FluentActions.Invoking(() => JsonTemplateParser.ParseText(text)).Should().Throw<ExpressionSyntaxException>();

    [Fact]
    public void A_tree_that_JSON_cannot_hold_is_refused_with_the_typed_exception()
    {
        JsonNode deep = "x";
        for (var i = 0; i < 200; i++)
        {
            deep = new JsonArray(deep);
        }

        FluentActions.Invoking(() => JsonTemplateParser.Parse(deep)).Should().Throw<ExpressionSyntaxException>();
        FluentActions.Invoking(() => JsonTemplateParser.Parse(JsonValue.Create(double.NaN))).Should().Throw<ExpressionSyntaxException>();
    }

    [Fact]
    public void References_are_those_of_all_its_strings() =>
        JsonTemplateParser.ParseText("""{"a":"${secret.a}","b":[${json(body.list)},"${secret.a}"]}""").References
            .Should().Equal(new ExpressionReference("secret", "a"), new ExpressionReference("body", null));
}
