using TokenKit.Definitions;

namespace TokenKit.Tests;

public sealed class TokenRequestComposerTests
{
    private readonly RequestScene _scene = new();

    [Fact]
    public async Task A_form_is_posted_in_its_order()
    {
        _scene.Exchange = _scene.Exchange with { Body = RequestScene.Form(("scope", "a b"), ("grant_type", "x"), ("scope", "c")) };

        var message = Compose();

        message.Method.Should().Be(HttpMethod.Post);
        message.RequestUri.Should().Be(new Uri("https://login.example.com/token"));
        (await message.Content!.ReadAsStringAsync()).Should().Be("scope=a+b&grant_type=x&scope=c");
        message.Content.Headers.ContentType!.ToString().Should().Be("application/x-www-form-urlencoded");
        message.Headers.ExpectContinue.Should().NotBe(true);
    }

    [Fact]
    public async Task Json_is_sent_as_it_was_rendered()
    {
        _scene.Secrets.Values["name"] = "Zoë";
        _scene.Exchange = _scene.Exchange with { Body = new BodyDefinition.Json(new TextDocument("""{"name":"${secret.name}"}""")) };

        var message = Compose();

        (await message.Content!.ReadAsByteArrayAsync()).Should().Equal("""{"name":"Zoë"}"""u8.ToArray());
        message.Content.Headers.ContentType!.ToString().Should().Be("application/json");
    }

    [Fact]
    public async Task Text_is_sent_with_its_content_type()
    {
        _scene.Exchange = _scene.Exchange with { Body = new BodyDefinition.Text(TextTemplate.List("<login/>"), "text/xml; charset=utf-8") };

        var message = Compose();

        (await message.Content!.ReadAsStringAsync()).Should().Be("<login/>");
        message.Content.Headers.ContentType!.ToString().Should().Be("text/xml; charset=utf-8");
    }

    [Fact]
    public void Without_a_body_there_is_no_content()
    {
        _scene.Exchange = _scene.Exchange with { Method = HttpMethod.Get, Body = new BodyDefinition.None() };

        Compose().Content.Should().BeNull();
    }

    [Fact]
    public void Every_attempt_gets_a_message_of_its_own() => Compose().Should().NotBeSameAs(Compose());

    [Fact]
    public void The_first_URL_whose_values_resolve_is_used()
    {
        _scene.Exchange = _scene.Exchange with
        {
            Url = TextTemplate.List("https://${secret.host}/token", "https://${subject}.example.com/token", "https://last.example.com/"),
        };
        _scene.Subject = "acme";

        Compose().RequestUri!.Host.Should().Be("acme.example.com");
    }

    [Theory]
    [InlineData("https://a.example/t", "https://a.example/t?x=1%262&y=%C3%A9")]
    [InlineData("https://a.example/t?z=0", "https://a.example/t?z=0&x=1%262&y=%C3%A9")]
    [InlineData("https://a.example/t?", "https://a.example/t?x=1%262&y=%C3%A9")]
    [InlineData("https://a.example/t?z=0&", "https://a.example/t?z=0&x=1%262&y=%C3%A9")]
    public void A_further_query_is_added_to_the_one_that_is_there(string url, string expected)
    {
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List(url), Query = RequestScene.Fields(("x", "1&2"), ("y", "é")) };

        Compose().RequestUri!.AbsoluteUri.Should().Be(expected);
    }

    [Theory]
    [InlineData("http://login.example.com/token", "not https")]
    [InlineData("http://localhost/token", "not https")]
    [InlineData("ftp://login.example.com/token", "not https")]
    [InlineData("file:///etc/passwd", "not absolute")]
    [InlineData("/token", "not https|not absolute")]
    [InlineData("token", "not absolute")]
    [InlineData("https://", "not absolute")]
    [InlineData("https://me:pw@login.example.com/token", "user information")]
    [InlineData("https://@login.example.com/token", "user information")]
    [InlineData("https://login.example.com/token#x", "fragment")]
    [InlineData("https://login.example.com/token#", "fragment")]
    [InlineData("https://login.example.com\\@evil.example/", "backslash")]
    [InlineData(" https://login.example.com/token", "blank")]
    [InlineData("https://login.example.com/to\nken", "control")]
    public void A_URL_that_must_not_be_called_is_refused(string url, string why)
    {
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List(url) };

        var failure = Refuse();

        failure.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        why.Split('|').Should().Contain(reason => failure.Message.Contains(reason, StringComparison.Ordinal), failure.Message);
    }

    [Theory]
    [InlineData("http://localhost:5000/token", true)]
    [InlineData("http://127.0.0.1:5000/token", true)]
    [InlineData("http://127.9.9.9/token", true)]
    [InlineData("http://[::1]:5000/token", true)]
    [InlineData("http://localhost.example.com/token", false)]
    [InlineData("http://127.0.0.1.example.com/token", false)]
    [InlineData("http://10.0.0.1/token", false)]
    [InlineData("http://0.0.0.0/token", false)]
    public void Plain_http_is_for_loopback_addresses_and_only_when_it_is_switched_on(string url, bool expected)
    {
        _scene.AllowHttpOnLoopback = true;
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List(url) };

        _scene.Compose().Succeeded.Should().Be(expected);
    }

    [Fact]
    public void JSON_is_asked_for_unless_the_definition_says_what_it_accepts()
    {
        Compose().Headers.Accept.ToString().Should().Be("application/json");

        _scene.Exchange = _scene.Exchange with { Headers = RequestScene.Fields(("accept", "application/xml")) };
        Compose().Headers.Accept.ToString().Should().Be("application/xml");
    }

    [Fact]
    public void Headers_are_added_in_their_order_and_may_repeat()
    {
        _scene.Exchange = _scene.Exchange with { Headers = RequestScene.Fields(("X-B", "1"), ("X-A", "2"), ("X-B", "3")) };

        var message = Compose();

        message.Headers.NonValidated["X-B"].Should().Equal("1", "3");
        message.Headers.Select(header => header.Key).Should().ContainInOrder("X-B", "X-A");
    }

    [Fact]
    public void A_content_type_of_the_definition_replaces_the_one_of_the_body()
    {
        _scene.Exchange = _scene.Exchange with { Headers = RequestScene.Fields(("Content-Type", "application/vnd.example+json")) };

        Compose().Content!.Headers.ContentType!.ToString().Should().Be("application/vnd.example+json");
    }

    [Theory]
    [InlineData("YWJjZGVm+/==")]
    [InlineData("Token token=\"abc\", realm=x")]
    [InlineData("key:secret")]
    public async Task An_Authorization_without_a_scheme_reaches_the_wire_as_it_is(string value)
    {
        await using var server = RawServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        using var handler = new SocketsHttpHandler();
        _scene.Handler = handler;
        _scene.AllowHttpOnLoopback = true;
        _scene.Exchange = _scene.Exchange with { Url = TextTemplate.List(server.Url), Headers = RequestScene.Fields(("Authorization", value)) };

        await _scene.SendAsync();

        server.Requests.Should().ContainSingle().Which.Should().Contain($"\r\nAuthorization: {value}\r\n");
    }

    [Theory]
    [InlineData("X-Key", "a\r\nX-Evil: 1")]
    [InlineData("X-Key", "a\nb")]
    [InlineData("X-Key", "a\0b")]
    [InlineData("X-Key", "a\tb")]
    [InlineData("X-Key", "é")]
    [InlineData("X-Key", " a")]
    [InlineData("X-Key", "a ")]
    [InlineData("Authorization", "Bearer a\r\nX-Evil: 1")]
    [InlineData("Content-Length", "3")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Odd Name", "a")]
    [InlineData("Host", "evil.example/x, y")]
    [InlineData("Connection", "close; Evil")]
    [InlineData("Cookie", "sid=1\r\nX-Evil: 1")]
    public void A_value_that_could_break_out_of_its_header_is_refused_and_not_quoted(string name, string value)
    {
        _scene.Secrets.Values["key"] = value;
        _scene.Exchange = _scene.Exchange with { Headers = RequestScene.Fields((name, "${secret.key}")) };

        var failure = Refuse();

        failure.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        failure.Message.Should().Contain($"'{name}'").And.NotContain("Evil");
        failure.Exception.Should().BeNull();
    }

    [Fact]
    public async Task An_optional_value_that_is_missing_is_left_out_with_its_field()
    {
        _scene.Exchange = _scene.Exchange with { Body = RequestScene.Form(("a", "1"), ("audience", "${secret.audience?}")) };

        (await Compose().Content!.ReadAsStringAsync()).Should().Be("a=1");
    }

    [Fact]
    public async Task An_empty_value_is_left_out_where_the_definition_says_so()
    {
        _scene.Secrets.Values["nothing"] = "";
        _scene.Exchange = _scene.Exchange with
        {
            Body = new BodyDefinition.Form(
            [
                new("scope", TextTemplate.List("${secret.nothing}"), OmitEmpty: true),
                new("kept", TextTemplate.List("${secret.nothing}")),
            ]),
        };

        (await Compose().Content!.ReadAsStringAsync()).Should().Be("kept=");
    }

    [Fact]
    public void A_secret_that_is_missing_is_named_with_its_place()
    {
        _scene.Exchange = _scene.Exchange with { Body = RequestScene.Form(("password", "${secret.api-password}")) };

        var failure = Refuse();

        failure.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        failure.Message.Should().Contain("Request.Form.password").And.Contain("'secret.api-password'").And.Contain("Secrets:api-password");
    }

    [Fact]
    public void A_refresh_without_a_stored_refresh_token_asks_for_new_consent()
    {
        _scene.Exchange = _scene.Exchange with { Body = RequestScene.Form(("refresh_token", "${token.refresh}")) };

        var failure = Refuse();

        failure.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        failure.Message.Should().Contain("SeedAsync");
    }

    [Theory]
    [InlineData("Url")]
    [InlineData("Query.x")]
    [InlineData("Headers.x")]
    [InlineData("Json")]
    [InlineData("Text")]
    public void Any_other_value_that_is_missing_is_named_with_its_place(string place)
    {
        var exchange = _scene.Exchange;
        _scene.Exchange = place switch
        {
            "Url" => exchange with { Url = TextTemplate.List("https://${subject}/", "https://${param.host}/") },
            "Query.x" => exchange with { Query = RequestScene.Fields(("x", "${param.host}")) },
            "Headers.x" => exchange with { Headers = RequestScene.Fields(("x", "${param.host}")) },
            "Json" => exchange with { Body = new BodyDefinition.Json(new TextDocument("${param.host}")) },
            _ => exchange with { Body = new BodyDefinition.Text(TextTemplate.List("${param.host}"), "text/plain") },
        };

        var failure = Refuse();

        failure.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        failure.Message.Should().Contain($"Request could not be composed: {place} ").And.Contain("param.host");
    }

    [Fact]
    public void A_body_that_is_left_out_although_it_was_asked_for_is_a_failure()
    {
        _scene.Exchange = _scene.Exchange with { Body = new BodyDefinition.Json(new TextDocument("${param.host?}")) };

        Refuse().Message.Should().Contain("Json");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_value_that_is_no_whole_text_is_refused_rather_than_changed(bool json)
    {
        _scene.Secrets.Values["pw"] = "pw\uD800";
        _scene.Exchange = _scene.Exchange with
        {
            Body = json ? new BodyDefinition.Json(new TextDocument("${secret.pw}")) : RequestScene.Form(("password", "${secret.pw}")),
        };

        Refuse().Message.Should().Contain("surrogate");
    }

    private HttpRequestMessage Compose()
    {
        var result = _scene.Compose();
        result.Succeeded.Should().BeTrue(result.Failure?.Message);
        return result.Value!;
    }

    private RefreshFailure Refuse()
    {
        var result = _scene.Compose();
        result.Succeeded.Should().BeFalse();
        return result.Failure!;
    }
}
