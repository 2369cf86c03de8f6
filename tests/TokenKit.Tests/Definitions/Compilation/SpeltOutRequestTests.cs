using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Source.Flight;

namespace TokenKit.Tests;

public sealed class SpeltOutRequestTests
{
    [Fact]
    public void It_sends_what_is_written_and_nothing_else()
    {
        var request = Compiled.Definition(Compiled.SpeltOut(request =>
        {
            request.Form["user"] = "${secret.user}";
            request.Headers["Accept"] = "text/plain";
        })).Request!;

        Compiled.Form(request).Should().Equal("user=${secret.user}");
        Compiled.Fields(request.Headers).Should().Equal("Accept=text/plain");
        request.Query.Should().BeEmpty();
        request.Authentication.Should().Be(ClientAuthenticationMethod.Off);
        request.Client.Id.Should().BeEmpty();
        ((BodyDefinition.Form)request.Body).Fields.Should().OnlyContain(field => !field.OmitEmpty);
    }

    [Fact]
    public void The_answer_is_read_as_the_standard_says_unless_written_otherwise()
    {
        var response = Compiled.Definition(Compiled.SpeltOut()).Request!.Response;

        response.AccessToken.Single().Source.Should().Be("body.access_token");
        response.RefreshToken.Single().Source.Should().Be("body.refresh_token");
        response.TokenType.Single().Source.Should().Be("body.token_type");
        response.Scope.Single().Source.Should().Be("body.scope");
        response.ExpiresIn.Single().Source.Should().Be("body.expires_in");
        response.ExpiresInAllowsDurationText.Should().BeFalse("the standard's own expires_in is a number");
        response.Error.Single().Source.Should().Be("body.error");
        response.ErrorDescription.Single().Source.Should().Be("body.error_description");
        response.DefaultLifetime.Should().Be(TimeSpan.FromMinutes(5));
        response.Format.Should().BeNull();
        response.Success.Should().BeNull();
        response.ExpiresAt.Should().BeEmpty();
        response.RefreshIn.Should().BeEmpty();
        response.RefreshTokenExpiresIn.Should().BeEmpty();
    }

    [Fact]
    public void A_token_type_is_promised_by_a_grant_whose_answer_is_read_as_the_standard_writes_it_and_by_nothing_else()
    {
        var ownAnswer = Compiled.RefreshToken();
        ownAnswer.Response.AccessToken = "body.data.token";

        Compiled.Definition(Compiled.ClientCredentials()).Request!.PromisesTokenType.Should().BeTrue();
        Compiled.Definition(Compiled.RefreshToken()).RefreshRequest!.PromisesTokenType.Should().BeTrue();
        Compiled.Definition(ownAnswer).RefreshRequest!.PromisesTokenType.Should().BeFalse();
        Compiled.Definition(Compiled.SpeltOut()).Request!.PromisesTokenType.Should().BeFalse();
    }

    [Fact]
    public void A_response_map_of_ones_own_is_compiled()
    {
        var options = Compiled.SpeltOut();
        options.Response = new()
        {
            Format = ResponseFormat.Text,
            Success = "status == 201",
            AccessToken = ["header['X-Session']", "body.token"],
            RefreshToken = Array.Empty<string>(),
            RefreshTokenRule = RefreshTokenRule.AlwaysKeep,
            ExpiresIn = "body.remaining",
            ExpiresInUnit = LifetimeUnit.Milliseconds,
            ExpiresInFormat = "d:hh:mm",
            ExpiresAt = "body.until",
            ExpiresAtFormat = "yyyy-MM-dd HH:mm:ss",
            Lifetime = Timeout.InfiniteTimeSpan,
            Values = { { "instance_url", "body.url" }, { "key", "body.key", true } },
        };
        options.Failures.Add(new() { When = "body.code == 7", Is = RefreshFailureReason.Throttled, RetryAfter = "body.wait" });

        var request = Compiled.Definition(options).Request!;

        request.Response.Format.Should().Be(ResponseFormat.Text);
        request.Response.Success!.Source.Should().Be("status == 201");
        request.Response.AccessToken.Should().HaveCount(2);
        request.Response.RefreshToken.Should().BeEmpty();
        request.Response.RefreshTokenRule.Should().Be(RefreshTokenRule.AlwaysKeep);
        request.Response.ExpiresInAllowsDurationText.Should().BeTrue();
        request.Response.ExpiresInUnit.Should().Be(TimeSpan.FromMilliseconds(1));
        request.Response.Lifetime.Should().Be(Timeout.InfiniteTimeSpan);
        request.Response.Values.Select(value => (value.Name, value.IsSecret)).Should().Equal(("instance_url", false), ("key", true));
        request.Failures.Single().Is.Should().Be(RefreshFailureReason.Throttled);
        request.References.Should().Contain(new ExpressionReference("header", "X-Session"));
    }

    [Fact]
    public void The_client_is_compiled_where_a_template_reads_it()
    {
        var options = Compiled.SpeltOut(request => request.Headers["Authorization"] = "Basic ${base64(client.secret, ':')}");
        options.Client.Secret = "${secret.key}";
        options.Client.Id = "${secret.nobody-needs-this}";

        var request = Compiled.Definition(options).Request!;

        request.Client.Id.Should().BeEmpty();
        request.Client.Secret.Single().Source.Should().Be("${secret.key}");
        request.References.Should().Contain(new ExpressionReference("secret", "key"))
            .And.NotContain(new ExpressionReference("secret", "nobody-needs-this"));
    }

    [Fact]
    public void JSON_may_be_a_text_and_text_has_its_type()
    {
        var json = Compiled.SpeltOut(request => request.Json = """{ "name": "${secret.name}", "n": ${number('1')} }""");
        Compiled.Json(Compiled.Definition(json).Request!, new StubScope().Secret("name", "ann")).Should().Be("""{"name":"ann","n":1}""");

        var text = Compiled.SpeltOut(request => (request.Text, request.ContentType) = ("<a>${xml(secret.name)}</a>", "text/xml; charset=utf-8"));
        Compiled.Definition(text).Request!.Body.Should().BeOfType<BodyDefinition.Text>().Which.ContentType.Should().Be("text/xml; charset=utf-8");
    }

    [Fact]
    public void A_refresh_request_may_send_the_access_token()
    {
        var options = new TokenRefreshOptions { RefreshRequest = { Url = "https://api.example/renew" } };
        options.RefreshRequest.Headers["Authorization"] = "Bearer ${token.access}";

        Compiled.Definition(options).RefreshRequest!.SendsStoredToken.Should().BeTrue();
    }

    [Fact]
    public void Http_on_loopback_works_where_the_definition_dares()
    {
        var options = Compiled.SpeltOut(request => request.Url = "http://127.0.0.1:5000/token");
        Compiled.Faults(options).Should().ContainSingle().Which.Should().Contain("DangerousAllowHttpOnLoopback");

        options.DangerousAllowHttpOnLoopback = true;
        Compiled.Definition(options).DangerousAllowHttpOnLoopback.Should().BeTrue();
    }

    [Fact]
    public void An_optional_parameter_in_a_JSON_body_need_not_be_there()
    {
        var definition = Compiled.Definition(Compiled.SpeltOut(request => request.Json = new System.Text.Json.Nodes.JsonObject
        {
            ["site"] = "${param.site?}",
            ["region"] = "${param.region || 'eu'}",
        }));

        Compiled.Json(definition.Request!, new StubScope()).Should().Be("""{"region":"eu"}""");
    }

    [Fact]
    public void An_optional_stored_token_in_a_JSON_body_is_not_waited_for()
    {
        var options = Compiled.SpeltOut();
        options.RefreshRequest = new()
        {
            Url = "https://login.example.com/renew",
            Json = new System.Text.Json.Nodes.JsonObject { ["refresh"] = "${token.refresh?}", ["access"] = "${token.access}" },
        };
        var definition = Compiled.Definition(options);

        ExchangeChoice.For(definition, new TokenSet { AccessToken = new("t-0") }).Should().BeSameAs(definition.RefreshRequest);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("body.access_token", null, false)]
    [InlineData("body", null, true)]
    [InlineData("body[0].token", null, true)]
    [InlineData(null, "20m", true)]
    public void An_answer_may_have_any_shape_where_the_definition_does_not_expect_the_standard_s(string? accessToken, string? prolong, bool expected)
    {
        var options = Compiled.SpeltOut();
        options.Response.AccessToken = accessToken;
        options.Response.Prolong = prolong is null ? null : TimeSpan.FromMinutes(20);

        Compiled.Definition(options).Request!.Response.ReadsAnyShape.Should().Be(expected);
    }
}
