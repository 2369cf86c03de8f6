using TokenKit.Definitions;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

public sealed class GrantTests
{
    [Fact]
    public void Client_credentials_are_a_request_in_the_language()
    {
        var options = Compiled.ClientCredentials();
        options.Scope = ["orders.read", "orders.write"];
        options.Audience = ["https://a.example", "https://b.example"];
        options.Resource = "https://c.example";

        var definition = Compiled.Definition(options);

        definition.RefreshRequest.Should().BeNull();
        var request = definition.Request!;
        request.Section.Should().Be("Request");
        request.Method.Should().Be(HttpMethod.Post);
        request.Url.Single().Source.Should().Be("https://login.example.com/oauth/token");
        request.Authentication.Should().Be(ClientAuthenticationMethod.ClientSecretBasic);
        request.BasicEncoding.Should().Be(BasicEncoding.Form);
        Compiled.Form(request).Should().Equal(
            "grant_type=client_credentials", "scope=orders.read orders.write", "audience=https://a.example", "audience=https://b.example",
            "resource=https://c.example");
        ((BodyDefinition.Form)request.Body).Fields.Should().OnlyContain(field => field.OmitEmpty, "RFC 6749 section 3.2 omits empty parameters");
        request.RequestedScope.Should().Be("orders.read orders.write");
        request.SendsStoredToken.Should().BeFalse();
        request.References.Should().Contain(new ExpressionReference("secret", "crm-client-secret"));
    }

    [Fact]
    public void A_refresh_sends_the_stored_token_and_no_scope()
    {
        var options = Compiled.RefreshToken();
        options.Scope = "orders.read";
        options.RefreshEndpoint = "https://login.example.com/oauth/renew";

        var definition = Compiled.Definition(options);

        definition.Request.Should().BeNull();
        Compiled.Form(definition.RefreshRequest!).Should().Equal("grant_type=refresh_token", "refresh_token=${token.refresh}");
        definition.RefreshRequest!.Url.Single().Source.Should().Be("https://login.example.com/oauth/renew");
        definition.RefreshRequest.SendsStoredToken.Should().BeTrue();
        definition.RefreshRequest.RequestedScope.Should().Be("orders.read", "a smaller grant is noticed, although the scope is not sent again");
        definition.Seed.Should().BeNull();
    }

    [Fact]
    public void A_code_as_seed_is_redeemed_at_the_token_endpoint()
    {
        var options = Compiled.RefreshToken();
        options.RefreshEndpoint = "https://login.example.com/oauth/renew";
        options.Seed.Code = "${secret.code}";
        options.Seed.RedirectUri = "https://app.example/callback";
        options.Seed.CodeVerifier = "${secret.verifier}";

        var seed = Compiled.Definition(options).Seed!;

        seed.CodeExchange!.Url.Single().Source.Should().Be("https://login.example.com/oauth/token");
        seed.CodeExchange.SendsStoredToken.Should().BeFalse();
        Compiled.Form(seed.CodeExchange).Should().Equal(
            "grant_type=authorization_code", "code=${secret.code}", "redirect_uri=https://app.example/callback", "code_verifier=${secret.verifier}");
        seed.Identity.Single().Source.Should().Be("${secret.code}");
        seed.RefreshToken.Should().BeEmpty();
    }

    [Fact]
    public void A_code_goes_to_the_server_in_the_manner_of_a_renewal()
    {
        var options = Compiled.RefreshToken();
        options.Seed.Code = "${secret.code}";
        options.RefreshRequest.Sign = "house";
        options.RefreshRequest.Authentication = ClientAuthenticationMethods.ClientSecretPost;
        options.RefreshRequest.BasicEncoding = BasicEncoding.Raw;
        options.RefreshRequest.AllowedOrigins = "https://tokens.example.com";

        var exchange = Compiled.Definition(options).Seed!.CodeExchange!;

        exchange.Sign.Should().Be("house");
        exchange.Authentication.Should().Be(ClientAuthenticationMethod.ClientSecretPost);
        exchange.BasicEncoding.Should().Be(BasicEncoding.Raw);
        exchange.AllowedOrigins!.Permits(new Uri("https://tokens.example.com/token")).Should().BeTrue();
        exchange.AllowedOriginsPath.Should().Be("RefreshRequest.AllowedOrigins", "nobody can write Seed.AllowedOrigins");
    }

    [Fact]
    public void A_refresh_token_as_seed_is_known_by_its_text()
    {
        var options = Compiled.RefreshToken();
        options.Seed.RefreshToken = "${secret.first}";

        var seed = Compiled.Definition(options).Seed!;

        seed.RefreshToken.Single().Source.Should().Be("${secret.first}");
        seed.Identity.Should().Equal(seed.RefreshToken);
        seed.CodeExchange.Should().BeNull();
    }

    [Fact]
    public void An_overlay_merges_by_name_and_an_empty_value_removes()
    {
        var options = Compiled.ClientCredentials();
        options.Scope = "a";
        options.ScopeSeparator = ",";
        options.Request.Form["grant_type"] = "custom";
        options.Request.Form["scope"] = "";
        options.Request.Form.Add("extra", ["${param.none-yet}", "b"]);
        options.Params["none-yet"] = "x";
        options.Request.Headers["X-Api"] = "1";
        options.Request.Query["v"] = "2";
        options.Request.Method = "put";
        options.Request.Url = "https://other.example/token";
        options.Request.Authentication = ClientAuthenticationMethods.ClientSecretPost;
        options.Request.Response = new() { AccessToken = "body.t" };

        var request = Compiled.Definition(options).Request!;

        Compiled.Form(request).Should().Equal("grant_type=custom", "extra=${param.none-yet} | b");
        Compiled.Fields(request.Headers).Should().Equal("X-Api=1");
        Compiled.Fields(request.Query).Should().Equal("v=2");
        request.Method.Should().Be(HttpMethod.Put);
        request.Url.Single().Source.Should().Be("https://other.example/token");
        request.Authentication.Should().Be(ClientAuthenticationMethod.ClientSecretPost);
        request.Response.AccessToken.Single().Source.Should().Be("body.t");
        request.RequestedScope.Should().BeNull();
    }

    [Fact]
    public void With_Body_json_fields_credentials_and_overlay_are_one_JSON_object()
    {
        var options = Compiled.ClientCredentials();
        options.Body = GrantBody.Json;
        options.Authentication = ClientAuthenticationMethods.ClientSecretPost;
        options.Resource = ["https://a.example", "https://b.example"];
        options.Request.Form["extra"] = "1";
        options.Request.Json = new System.Text.Json.Nodes.JsonObject
        {
            ["grant_type"] = "",
            ["nested"] = new System.Text.Json.Nodes.JsonObject { ["n"] = "${number('2')}" },
        };

        var request = Compiled.Definition(options).Request!;

        request.Authentication.Should().Be(ClientAuthenticationMethod.Off, "the credentials are in the body already");
        Compiled.Json(request, new StubScope().With("client", "id", "my-app").With("client", "secret", "s\"3")).Should().Be(
            """{"resource":["https://a.example","https://b.example"],"extra":"1","client_id":"my-app","client_secret":"s\"3","nested":{"n":2}}""");
        request.Client.Secret.Should().NotBeEmpty();
    }

    [Fact]
    public void With_Body_query_fields_go_into_the_URL_and_secrets_need_permission()
    {
        var options = Compiled.ClientCredentials();
        options.Body = GrantBody.Query;
        options.Authentication = ClientAuthenticationMethods.ClientSecretPost;

        Compiled.Faults(options).Should().ContainSingle().Which.Should().StartWith("Client.Secret: puts client.secret into a URL");

        options.Request.AllowSecretInUrl = true;
        options.Request.Query["grant_type"] = "other";
        var request = Compiled.Definition(options).Request!;
        Compiled.Fields(request.Query).Should().Equal("grant_type=other", "client_id=${client.id}", "client_secret=${client.secret}");
        request.Body.Should().BeOfType<BodyDefinition.None>();
    }

    [Fact]
    public void Spelt_out_credentials_win_over_added_ones()
    {
        var options = Compiled.ClientCredentials();
        options.Body = GrantBody.Json;
        options.Authentication = ClientAuthenticationMethods.None;
        options.Request.Form["client_id"] = "${client.id}-x";

        Compiled.Json(Compiled.Definition(options).Request!, new StubScope().With("client", "id", "a"))
            .Should().Be("""{"grant_type":"client_credentials","client_id":"a-x"}""");
    }

    [Fact]
    public void A_scope_that_is_a_template_is_asked_for_and_not_compared()
    {
        var options = Compiled.ClientCredentials();
        options.Params["scope"] = "a";
        options.Scope = ["${param.scope}", "b"];

        var request = Compiled.Definition(options).Request!;

        Compiled.Form(request).Should().Contain("scope=${param.scope} b");
        request.RequestedScope.Should().BeNull();
    }

    [Fact]
    public void A_public_client_needs_no_secret()
    {
        var options = Compiled.RefreshToken();
        options.Authentication = ClientAuthenticationMethods.None;
        options.Client.Secret = null;

        var request = Compiled.Definition(options).RefreshRequest!;

        request.Authentication.Should().Be(ClientAuthenticationMethod.None);
        request.Client.Id.Should().NotBeEmpty();
        request.Client.Secret.Should().BeEmpty();
    }

    [Fact]
    public void Both_requests_may_stand_side_by_side()
    {
        var options = Compiled.RefreshToken();
        options.RequestWhen = RequestWhen.RefreshMissingOrRejected;
        options.Request.Url = "https://login.example.com/sign-in";
        options.Request.Form["password"] = "${secret.password}";
        options.Authentication = ClientAuthenticationMethods.ClientSecretPost;

        var definition = Compiled.Definition(options);

        definition.RequestWhen.Should().Be(RequestWhen.RefreshMissingOrRejected);
        definition.Request!.Authentication.Should().Be(ClientAuthenticationMethod.Off, "a spelt-out request adds nothing unless it says so");
        definition.RefreshRequest!.Authentication.Should().Be(ClientAuthenticationMethod.ClientSecretPost);
    }
}
