using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;

namespace TokenKit.Tests;

public sealed class UrlTemplateTests
{
    [Theory]
    [InlineData("${param.v}", "https://a.example", "https://a.example")]
    [InlineData("${param.v}", "https://a.example:8443/x?y=z", "https://a.example:8443/x?y=z")]
    [InlineData("${param.v}", "https://[2001:db8::1]/x", "https://[2001:db8::1]/x")]
    [InlineData("${param.v}", "http://127.0.0.1:5000/token", "http://127.0.0.1:5000/token")]
    [InlineData("${param.v}/token", "https://a.example/", "https://a.example/token")]
    [InlineData("${param.v}/token", "https://a.example/base", "https://a.example/base/token")]
    [InlineData("${param.v}?x=1", "https://a.example/base", "https://a.example/base?x=1")]
    [InlineData("https://${param.v}/token", "a.example:8443", "https://a.example:8443/token")]
    [InlineData("https://${param.v}/token", "a.example/base/", "https://a.example/base/token")]
    [InlineData("https://${param.v}:8443/token", "a.example", "https://a.example:8443/token")]
    [InlineData("https://a.example:${param.v}/token", "8443", "https://a.example:8443/token")]
    [InlineData("https://${param.v}.example.com", "eu.acme", "https://eu.acme.example.com")]
    [InlineData("https://api.${param.v}/token", "example.com.au", "https://api.example.com.au/token")]
    [InlineData("https://a-${param.v}.example.com", "", "https://a-.example.com", false)]
    [InlineData("https://a${param.v}.example.com", "", "https://a.example.com")]
    [InlineData("https://a.example/x-${param.v}", "b/c d", "https://a.example/x-b%2Fc%20d")]
    [InlineData("https://a.example/x?q=${param.v}", "1&admin=true#f", "https://a.example/x?q=1%26admin%3Dtrue%23f")]
    [InlineData("https://a.example/x?${param.v}", "../é", "https://a.example/x?..%2F%C3%A9")]
    public void A_value_goes_where_it_belongs(string template, string value, string expected, bool isValid = true)
    {
        var result = Render(template, value);

        result.Text.Should().Be(isValid ? expected : null);
    }

    [Theory]
    [InlineData("${param.v}", "a.example")]
    [InlineData("${param.v}", "ftp://a.example")]
    [InlineData("${param.v}", "http://a.example")]
    [InlineData("${param.v}", "javascript:alert(1)")]
    [InlineData("${param.v}", "https://")]
    [InlineData("${param.v}", "https:///x")]
    [InlineData("${param.v}", "https://user@a.example")]
    [InlineData("${param.v}", "https://a.example#x")]
    [InlineData("${param.v}", "https://a.example\\@evil.example")]
    [InlineData("${param.v}", "https://a.example/../x")]
    [InlineData("${param.v}", "https://a.example/%2E%2e/x")]
    [InlineData("${param.v}", "https://a.example:0")]
    [InlineData("${param.v}", "https://a.example:99999")]
    [InlineData("${param.v}", "https://a.example:")]
    [InlineData("${param.v}", "https://a..example")]
    [InlineData("${param.v}", "https://bücher.example")]
    [InlineData("${param.v}", " https://a.example")]
    [InlineData("${param.v}/x", "https://a.example?y=z")]
    [InlineData("https://${param.v}/x", "a.example@evil.example")]
    [InlineData("https://${param.v}/x", "evil.example#")]
    [InlineData("https://${param.v}/x", "evil.example?")]
    [InlineData("https://${param.v}/x", "")]
    [InlineData("https://${param.v}/x", "a.example/../..")]
    [InlineData("https://${param.v}/x", "[::1")]
    [InlineData("https://${param.v}:8443/x", "a.example:1")]
    [InlineData("https://${param.v}:8443/x", "a.example/y")]
    [InlineData("https://${param.v}.example.com", "evil.example/")]
    [InlineData("https://${param.v}.example.com", "evil.example#")]
    [InlineData("https://${param.v}.example.com", "evil:80")]
    [InlineData("https://${param.v}.example.com", "user@evil")]
    [InlineData("https://${param.v}.example.com", "")]
    [InlineData("https://${param.v}.example.com", ".")]
    [InlineData("https://login-${param.v}.example.com", "eu.evil")]
    [InlineData("https://${param.v}-eu.example.com", "evil.a")]
    [InlineData("https://a.example:${param.v}/x", "80@evil.example")]
    [InlineData("https://a.example:${param.v}/x", "+80")]
    [InlineData("https://a.example/${param.v}/x", ".")]
    [InlineData("https://a.example/${param.v}/x", "..")]
    [InlineData("https://a.example/.${param.v}/x", ".")]
    public void A_value_that_could_lead_elsewhere_is_refused(string template, string value)
    {
        var result = Render(template, value);

        result.IsText.Should().BeFalse();
        result.Unresolved.Should().NotBeNull();
        if (value.Length > 3)
        {
            result.Unresolved.Should().NotContain(value);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.example/x")]
    [InlineData("/relative")]
    [InlineData("ftp://a.example")]
    [InlineData("${param.v}.example.com")]
    [InlineData("${param.v}://a.example")]
    [InlineData("${param.v}${param.v}")]
    [InlineData("https://")]
    [InlineData("https:///x")]
    [InlineData("https://a.example${param.v}")]
    [InlineData("https://a.example${param.v}:80/x")]
    [InlineData("https://${param.v}${param.v}/x")]
    [InlineData("https://user@a.example")]
    [InlineData("https://${param.v}@a.example")]
    [InlineData("https://a.example:8${param.v}")]
    [InlineData("https://a.example:${param.v}1")]
    [InlineData("https://a.example/x#f")]
    [InlineData("https://a.example/a b")]
    [InlineData("https://a.example\\x")]
    [InlineData("https://a.example/../x")]
    [InlineData("https://a.example/%2e%2E/${param.v}")]
    [InlineData("https://-a.example/")]
    [InlineData("https://a.example:70000/")]
    [InlineData("https://bücher.example/")]
    public void A_template_that_could_lead_elsewhere_is_refused_when_parsed(string template) =>
        FluentActions.Invoking(() => TemplateParser.Parse(template, TemplatePlace.Url)).Should().Throw<ExpressionSyntaxException>();

    private static TemplateResult Render(string template, string value) =>
        TemplateParser.Parse(template, TemplatePlace.Url).Render(new StubScope().Param("v", value));
}
