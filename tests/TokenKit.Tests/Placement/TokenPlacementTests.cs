using FsCheck;
using FsCheck.Fluent;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Templates;
using TokenKit.Placement;

namespace TokenKit.Tests;

public sealed class TokenPlacementTests
{
    private static readonly TokenKey Key = new("crm", "north");

    [Fact]
    public void Headers_query_and_base_url_are_rendered_once_for_the_token()
    {
        var definition = HandlerFixture.Define(new()
        {
            Headers = [FixedTemplate.Field("Authorization", "Bearer ${token.access}"), FixedTemplate.Field("X-Shop", "${subject}")],
            Query = [FixedTemplate.Field("v", "2 & 3")],
            BaseUrl = [new FixedTemplate("https://${subject}.shop.example/admin/")],
        });

        var placed = TokenPlacement.Render(definition, Key, Token("abc")).Value!;

        placed.Headers.Select(header => $"{header.Key}: {header.Value}").Should().Equal("Authorization: Bearer abc", "X-Shop: north");
        placed.Query.Select(value => $"{value.Key}={value.Value}").Should().Equal("v=2 & 3");
        placed.BaseUrl.Should().Be(new Uri("https://north.shop.example/admin/"));
        placed.ToString().Should().NotContain("abc");
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\tb")]
    [InlineData("café")]
    [InlineData("a\u007F")]
    [InlineData("xq ")]
    public void A_token_that_is_unsafe_in_a_header_is_never_placed(string token)
    {
        foreach (var name in new[] { "Authorization", "X-Session" })
        {
            var definition = HandlerFixture.Define(new() { Headers = [FixedTemplate.Field(name, "Bearer ${token.access}")] });

            var failure = TokenPlacement.Render(definition, Key, Token(token)).Failure!;

            failure.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
            failure.Message.Should().Contain(name).And.NotContain(token);
        }
    }

    [Fact]
    public void Any_text_is_either_refused_or_stands_in_exactly_one_header_as_it_is()
    {
        var definition = HandlerFixture.Define();

        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var rendered = TokenPlacement.Render(definition, Key, Token(text.Get));
            if (!rendered.Succeeded)
            {
                return true;
            }

            using var request = new HttpRequestMessage();
            request.Headers.Add("Authorization", "Basic old");
            rendered.Value.WriteTo(request.Headers);
            return request.Headers.ToString() == $"Authorization: Bearer {text.Get}{Environment.NewLine}"
                && text.Get.All(c => c is >= ' ' and < '\u007F');
        }));
    }

    [Fact]
    public void A_header_that_no_request_takes_is_refused()
    {
        var definition = HandlerFixture.Define(new() { Headers = [FixedTemplate.Field("not a name", "${token.access}")] });

        TokenPlacement.Render(definition, Key, Token("abc")).Failure!.Message.Should().Contain("not a name").And.NotContain("abc");
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var client = HandlerFixture.Define(new() { Headers = [FixedTemplate.Field("Client-Id", "${client.id}")] });
        var value = HandlerFixture.Define(new() { Headers = [FixedTemplate.Field("X-Org", "${token.values.org}")] });

        var missingClient = TokenPlacement.Render(client, Key, Token("abc")).Failure!;
        var missingValue = TokenPlacement.Render(value, Key, Token("abc")).Failure!;

        missingClient.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        missingClient.Message.Should().Contain("client.id");
        missingValue.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
        missingValue.Message.Should().Contain("token.values.org");
    }

    [Theory]
    [InlineData("${token.values.org} ${token.access}", "Placement header 'X-Org' could not be made: token.values.org has no value.")]
    [InlineData("${token.access} ${token.values.name}", "Placement header 'X-Org' could not be made: token.values.name: holds a control character or one outside ASCII, which a header must not carry.")]
    public void What_is_missing_and_what_cannot_stand_there_are_two_things(string template, string says)
    {
        var definition = HandlerFixture.Define(new() { Headers = [new PlacedField("X-Org", [TemplateParser.Parse(template, TemplatePlace.Header)], PerCall: false)] });
        var set = new TokenSet { AccessToken = new SecretText("abc"), Values = TokenSet.ValuesFrom(new Dictionary<string, TokenValue> { ["name"] = new("J\u00fcrgen") }) };

        TokenPlacement.Render(definition, Key, set).Failure!.Message.Should().Be(says);
    }

    [Fact]
    public void Resolved_values_of_the_run_are_used_where_they_are_given()
    {
        var definition = HandlerFixture.Define(new()
        {
            Headers = [FixedTemplate.Field("Authorization", "Bearer ${token.access}"), FixedTemplate.Field("Client-Id", "${client.id}")],
        });

        var placed = TokenPlacement.Render(definition, Key, Token("abc"), new() { ClientId = "my-app" }).Value!;

        placed.Headers.Select(header => $"{header.Key}: {header.Value}").Should().Contain("Client-Id: my-app");
    }

    [Fact]
    public void An_optional_field_without_a_value_is_left_out_and_a_token_that_goes_nowhere_is_refused()
    {
        var optional = FixedTemplate.Field("X-Org", "${token.values.org?}");
        var some = HandlerFixture.Define(new() { Headers = [FixedTemplate.Field("Authorization", "Bearer ${token.access}"), optional] });
        var none = HandlerFixture.Define(new() { Headers = [optional] });

        TokenPlacement.Render(some, Key, Token("abc")).Value!.Headers.Should().ContainSingle();
        TokenPlacement.Render(none, Key, Token("abc")).Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
    }

    [Theory]
    [InlineData("http://eu7.crm.example")]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("https://user@eu7.crm.example")]
    [InlineData("https://eu7.crm.example/?x=1")]
    [InlineData("eu7.crm.example")]
    [InlineData("file:///etc/passwd")]
    public void A_base_url_out_of_the_answer_must_be_a_plain_https_url(string url)
    {
        var definition = HandlerFixture.Define(HandlerFixture.Bearer with
        {
            BaseUrl = [new FixedTemplate("${token.values.url}")],
            BaseUrlNeedsToken = true,
        });
        var set = Token("abc") with { Values = new Dictionary<string, TokenValue> { ["url"] = new(url) } };

        TokenPlacement.Render(definition, Key, set).Failure!.Reason.Should().Be(RefreshFailureReason.TokenInvalid);
    }

    [Theory]
    [InlineData("https://h.example/api", "https://crm.tokenkit.invalid/orders?x=1", "https://h.example/api/orders?x=1")]
    [InlineData("https://h.example/api/", "https://crm.tokenkit.invalid/orders", "https://h.example/api/orders")]
    [InlineData("https://h.example", "https://crm.tokenkit.invalid/", "https://h.example/")]
    [InlineData("https://h.example:8443/a/b", "https://crm.tokenkit.invalid/c%2Fd/é#f", "https://h.example:8443/a/b/c%2Fd/%C3%A9#f")]
    public void A_base_url_is_joined_with_the_path_by_one_slash(string baseUrl, string call, string joined) =>
        PlacementBaseUrl.Join(new(baseUrl), new(call)).AbsoluteUri.Should().Be(joined);

    [Theory]
    [InlineData("crm", "https://crm.tokenkit.invalid/")]
    [InlineData("My CRM_2", "https://my-crm-2.tokenkit.invalid/")]
    [InlineData("ü", "https://token.tokenkit.invalid/")]
    public void Any_token_name_gives_a_placeholder(string name, string placeholder)
    {
        PlacementBaseUrl.Placeholder(name).AbsoluteUri.Should().Be(placeholder);
        PlacementBaseUrl.IsPlaceholder(PlacementBaseUrl.Placeholder(new string('x', 200))).Should().BeTrue();
    }

    private static TokenSet Token(string text) => new() { AccessToken = new(text), Lifetime = TimeSpan.FromHours(1) };
}
