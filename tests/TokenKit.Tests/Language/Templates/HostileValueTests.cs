using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

/// <summary>Whatever a secret, a parameter or an answer holds, it stays at its place.</summary>
public sealed class HostileValueTests
{
    private static readonly string[] Pieces =
    [
        "", ".", "..", "/", "//", "\\", "?", "#", "@", ":", ":443", "%2e", "%2F", "%", "&", "=", "+", ";", " ", "\t", "\r\n", "\0", "\"",
        "'", "<", ">", "{", "}", "${secret.a}", "$${", "evil.example", "https://evil.example", "a", "A1-_", "é", "😀", "\uD83D", "\uDE00",
        "\u202E", "\u2028", "[::1]", "127.0.0.1", "xn--", "\uFEFF",
    ];

    private static readonly Arbitrary<string> Hostile =
        Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary();

    [Theory]
    [InlineData("https://a.example/x/${secret.v}/y?q=1")]
    [InlineData("https://a.example/x?q=${secret.v}&r=1")]
    [InlineData("https://a.example/${secret.v}")]
    public void A_value_never_leaves_its_place_in_a_URL(string template)
    {
        var compiled = TemplateParser.Parse(template, TemplatePlace.Url);
        var segments = new Uri(template.Replace("${secret.v}", "v", StringComparison.Ordinal)).Segments.Length;

        Check(value =>
        {
            if (Render(compiled, value) is not { } url)
            {
                return true;
            }

            var uri = new Uri(url);
            return uri.Host == "a.example" && uri.Port == 443 && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
                && uri.Segments.Length >= segments - (value.Length == 0 ? 1 : 0)
                && uri.AbsolutePath.Count(c => c == '/') == new Uri(template.Replace("${secret.v}", "v", StringComparison.Ordinal)).AbsolutePath.Count(c => c == '/')
                && Uri.UnescapeDataString(url).Contains(value, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("https://${secret.v}.example.com/x", ".example.com")]
    [InlineData("https://login-${secret.v}.example.com/x", ".example.com")]
    [InlineData("https://a.${secret.v}.example.com:8443/x", ".example.com")]
    public void A_value_never_changes_whose_host_it_is(string template, string suffix)
    {
        var compiled = TemplateParser.Parse(template, TemplatePlace.Url);

        Check(value => Render(compiled, value) is not { } url
            || (new Uri(url) is var uri && uri.Host.EndsWith(suffix, StringComparison.Ordinal) && uri.AbsolutePath == "/x" && uri.UserInfo.Length == 0));
    }

    [Fact]
    public void A_value_never_breaks_out_of_a_header()
    {
        var compiled = TemplateParser.Parse("Bearer ${secret.v}", TemplatePlace.Header);

        Check(value => Render(compiled, value) is not { } header
            || (header == "Bearer " + value && header.All(c => c is >= ' ' and <= '~')));
    }

    [Fact]
    public void A_value_never_breaks_out_of_a_JSON_string()
    {
        var compiled = JsonTemplateParser.ParseText("""{"a":"x ${secret.v}","b":${json(secret.v)}}""");

        Check(value => compiled.Render(Scope(value)).Text is not { } json
            || (JsonNode.Parse(json) is JsonObject { Count: 2 } tree
                && tree["a"]!.GetValue<string>() == "x " + value && tree["b"]!.GetValue<string>() == value));
    }

    [Fact]
    public void A_value_never_breaks_out_of_XML()
    {
        var compiled = TemplateParser.Parse("<a b=\"${xml(secret.v)}\">${xml(secret.v)}</a>", TemplatePlace.Text);

        Check(value => Render(compiled, value) is not { } xml
            || (System.Xml.Linq.XElement.Parse(xml) is { } element && !element.Elements().Any() && element.Attributes().Count() == 1));
    }

    [Fact]
    public void A_value_of_its_own_is_itself_or_refused()
    {
        var compiled = TemplateParser.Parse("${secret.v}", TemplatePlace.Value);

        Check(value => Render(compiled, value) is not { } text ? !WellFormedText.Is(value) : text == value);
    }

    [Theory]
    [InlineData("https://${secret.v}/x")]
    [InlineData("https://${secret.v}:8443/x")]
    [InlineData("${secret.v}/x")]
    public void A_value_that_is_the_whole_host_or_origin_is_one_or_refused(string template)
    {
        var compiled = TemplateParser.Parse(template, TemplatePlace.Url);
        var written = template.Replace("${secret.v}", "", StringComparison.Ordinal);

        Check(value => Render(compiled, value) is not { } url
            || (new Uri(url) is { UserInfo.Length: 0, Fragment.Length: 0 } uri
                && uri.AbsolutePath.EndsWith("/x", StringComparison.Ordinal)
                && !uri.AbsolutePath.Contains("/../", StringComparison.Ordinal)
                && url == template.Replace("${secret.v}", value.EndsWith('/') ? value[..^1] : value, StringComparison.Ordinal)
                && url.Length >= written.Length));
    }

    [Fact]
    public void A_value_never_breaks_out_of_a_cookie()
    {
        var compiled = TemplateParser.Parse("sid=${secret.v}; lang=en", TemplatePlace.Cookie);

        Check(value => Render(compiled, value) is not { } header || (header.Split(';') is [var first, " lang=en"] && first == "sid=" + value));
        Render(compiled, "a; admin=1").Should().BeNull();
        Render(TemplateParser.Parse("${secret.v}", TemplatePlace.Cookie), "a=1; b=2").Should().Be("a=1; b=2", "a whole header may be several cookies");
    }

    [Fact]
    public void A_value_never_breaks_out_of_text_that_says_what_it_needs()
    {
        var encoded = TemplateParser.Parse("a=${urlencode(secret.v)}&b=1", TemplatePlace.Text);
        var json = TemplateParser.Parse("{\"a\":${json(secret.v)},\"b\":1}", TemplatePlace.Text);

        Check(value => Render(encoded, value) is not { } text
            || (text.Split('&') is [var first, "b=1"] && Uri.UnescapeDataString(first) == "a=" + value));
        Check(value => Render(json, value) is not { } text
            || (JsonNode.Parse(text) is JsonObject { Count: 2 } tree && tree["a"]!.GetValue<string>() == value));
    }

    [Fact]
    public void A_value_never_leaves_its_place_in_a_whole_message()
    {
        var options = Compiled.SpeltOut(request =>
        {
            request.Url = "https://a.example/in?first=${param.v}";
            request.Query["q"] = "${param.v}";
            request.Form.Add("one", "${param.v}");
            request.Form.Add("two", "2");
            request.Headers["X-Value"] = "<${param.v}>";
        });
        options.Params["v"] = "any";
        var scene = new RequestScene { Exchange = Compiled.Definition(options).Request! };

        Check(value =>
        {
            if (scene.Compose(scene.Work().Values with { Params = scene.Work().Values.Params.SetItem("v", value) }) is not { Succeeded: true, Value: var message })
            {
                return true;
            }

            using (message)
            {
                var form = Fields(message.Content!.ReadAsStringAsync().GetAwaiter().GetResult(), plusIsBlank: true);
                return message.RequestUri!.GetLeftPart(UriPartial.Path) == "https://a.example/in"
                    && Fields(message.RequestUri.Query[1..], plusIsBlank: false).SequenceEqual([("first", value), ("q", value)])
                    && form.SequenceEqual([("one", value), ("two", "2")])
                    && message.Headers.NonValidated["X-Value"].ToString() == $"<{value}>"
                    && message.Headers.NonValidated.Select(header => header.Key).Order().SequenceEqual(["Accept", "X-Value"]);
            }
        });
    }

    private static IEnumerable<(string Name, string Value)> Fields(string text, bool plusIsBlank) => text.Split('&')
        .Select(pair => (plusIsBlank ? pair.Replace('+', ' ') : pair).Split('='))
        .Select(pair => (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(string.Join('=', pair[1..]))));

    private static void Check(Func<string, bool> holds)
    {
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Hostile, holds));
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), value => value is null || holds(value)));
    }

    private static StubScope Scope(string value) => new StubScope().Secret("v", value);

    private static string? Render(Template template, string value) => template.Render(Scope(value)).Text;
}
