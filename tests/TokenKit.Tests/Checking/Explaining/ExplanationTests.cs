using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

public sealed class ExplanationTests
{
    [Fact]
    public void The_requests_are_shown_with_what_is_known_and_with_every_secret_masked()
    {
        var explanation = Explain(token =>
        {
            token.Params["tenant"] = "acme";
            token.Client.Id = "app-${param.tenant}";
            token.Client.Secret = "${secret.client}";
            token.Request.Url = "https://${param.tenant}.example.com/login?v=1";
            token.Request.Authentication = ClientAuthenticationMethods.ClientSecretBasic;
            token.Request.Query.Add("tenant", "${param.tenant}");
            token.Request.Headers.Add("X-Time", "${unix(now)}");
            token.Request.Form.Add("user", "${client.id}");
            token.Request.Form.Add("hash", "${sha256(concat(secret.pepper, param.tenant), 'hex')}");
            token.RefreshRequest.Url = "https://example.com/renew";
            token.RefreshRequest.Json = "{ \"old\": \"${token.refresh}\", \"tenant\": \"${param.tenant}\" }";
            token.Placement.BaseUrl = "https://${param.tenant}.example.com/v1";
        });

        var request = explanation.Requests[0];
        (request.Section, request.Method, request.Url).Should().Be(("Request", "POST", "https://acme.example.com/login?v=1"));
        request.When.Should().Contain("RefreshRequest");
        Texts(request.Query).Should().Equal(Pair("tenant", "acme"));
        Texts(request.Headers).Should().Equal(Pair("Authorization", "Basic ***"), Pair("X-Time", "${unix(now)}"), Pair("Accept", "application/json"));
        Texts(request.Form).Should().Equal(Pair("user", "app-acme"), Pair("hash", "***"));
        request.Authentication.Should().Be("client_secret_basic");
        explanation.Requests[1].Body.Should().Be("""{"old":"***","tenant":"acme"}""");
        explanation.Placement.BaseUrl.Should().Be("https://acme.example.com/v1");
        Texts(explanation.Placement.Headers).Should().Equal(Pair("Authorization", "Bearer ***"));
    }

    [Fact]
    public void Every_value_says_where_it_comes_from()
    {
        var explanation = Explain(token =>
        {
            token.Params["tenant"] = "acme";
            token.Client.Id = "app";
            token.Request.Url = "https://example.com/${param.tenant}";
            token.Request.Form.Add("a", "${secret.stored}");
            token.Request.Form.Add("b", "${client.id}");
            token.Response.Values.Add("url", "body.url");
            token.Placement.Headers.Add("X-Url", "${token.values.url}");
            token.Placement.Headers.Add("X-Region", "${param.region?}");
        });

        Origin(explanation, "param.tenant").Should().Be("code");
        Origin(explanation, "param.region").Should().Be("nothing: it is optional and not set");
        Origin(explanation, "client.id").Should().Be("code");
        Origin(explanation, "secret.stored").Should().StartWith("the store");
        Origin(explanation, "token.values").Should().Contain("answer");
        explanation.Values.Should().NotContain(value => value.Name.StartsWith("body"));
        explanation.Values.Single(value => value.Name == "param.tenant").Value.Should().Be("acme");
    }

    [Fact]
    public void A_configured_value_names_its_key_and_the_provider_that_has_the_last_word()
    {
        var root = new ConfigurationBuilder()
            .Add(new Named("base.json", new()
            {
                ["TokenRefresh:crm:Request:Url"] = "https://example.com/${param.a}/${param.b}",
                ["TokenRefresh:crm:Request:Form:0"] = "key=${secret.crm-key}",
                ["TokenRefresh:crm:Params:a"] = "1",
                ["TokenRefresh:crm:Params:b"] = "2",
            }))
            .Add(new Named("production.json", new() { ["TokenRefresh:crm:Params:b"] = "3" }))
            .Add(new Named("vault", new() { ["Secrets:crm-key"] = "the secret itself" }))
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(root);
        services.AddTokenRefresh("crm", root.GetSection("TokenRefresh:crm"));
        using var provider = services.BuildServiceProvider();

        var explanation = provider.GetRequiredService<ITokenDefinitions>().Explain("crm");

        explanation.Requests[0].Url.Should().Be("https://example.com/1/3");
        Origin(explanation, "param.a").Should().Be("configuration TokenRefresh:crm:Params:a (base.json)");
        Origin(explanation, "param.b").Should().Be("configuration TokenRefresh:crm:Params:b (production.json)");
        Origin(explanation, "secret.crm-key").Should().Be("configuration Secrets:crm-key (vault), unless the store has it");
        explanation.Keys.Should().Contain(new ExplainedKey { Path = "TokenRefresh:crm:Request:Form:0", Provider = "base.json" })
            .And.Contain(new ExplainedKey { Path = "TokenRefresh:crm:Params:b", Provider = "production.json" });
        explanation.ToString().Should().Contain("Keys of production.json").And.NotContain("the secret itself");
    }

    [Fact]
    public void Of_alternatives_the_first_that_can_be_shown_stands_for_all()
    {
        var explanation = Explain(token =>
        {
            token.Request.Url = "https://example.com/login";
            token.Request.Headers.Add("X-Key", (string[])["${secret.one}", "${secret.two}"]);
        });

        explanation.Requests[0].Headers[0].Value.Should().Be("*** (one of 2)");
    }

    [Fact]
    public void A_secret_that_stands_in_the_definition_as_it_is_is_masked_by_its_field_s_name()
    {
        var explanation = Explain(token =>
        {
            token.Client.Id = "app";
            token.Client.Secret = "plain-1";
            token.Request.Url = "https://example.com/login";
            token.Request.Headers.Add("X-Api-Key", "plain-2");
            token.Request.Json = "{ \"user\": { \"name\": \"jo\", \"Password\": \"plain-3\" }, \"secret\": \"${client.secret}\" }";
        });

        explanation.ToString().Should().NotContain("plain-").And.Contain("""{"user":{"name":"jo","Password":"***"},"secret":"***"}""");
    }

    [Fact]
    public void A_code_to_redeem_is_shown_as_the_first_request()
    {
        var explanation = Explain(token =>
        {
            token.Grant = TokenGrants.RefreshToken;
            token.TokenEndpoint = "https://example.com/token";
            token.Client.Id = "app";
            token.Authentication = ClientAuthenticationMethods.None;
            token.Seed.Code = "${secret.code}";
        });

        explanation.Requests.Select(request => request.Section).Should().Equal("Seed", "RefreshRequest");
        Texts(explanation.Requests[0].Form).Should().Equal(Pair("grant_type", "authorization_code"), Pair("code", "***"));
        Origin(explanation, "secret.code").Should().StartWith("the store");
    }

    [Fact]
    public void Where_the_tokens_of_a_seed_come_from_is_shown_and_no_request_for_them()
    {
        var explanation = Explain(token =>
        {
            token.Grant = TokenGrants.RefreshToken;
            token.TokenEndpoint = "https://example.com/token";
            token.Client.Id = "app";
            token.Authentication = ClientAuthenticationMethods.None;
            (token.Seed.RefreshToken, token.Seed.AccessToken, token.Seed.Lifetime) = ("${secret.first}", "${secret.long-lived}", "50d");
        });

        explanation.Requests.Select(request => request.Section).Should().Equal("RefreshRequest");
        Origin(explanation, "secret.first").Should().StartWith("the store");
        Origin(explanation, "secret.long-lived").Should().StartWith("the store");
    }

    [Fact]
    public void Both_marks_are_shown_with_what_they_are_made_of()
    {
        var explanation = Explain(token =>
        {
            token.Grant = TokenGrants.ClientCredentials;
            token.TokenEndpoint = "https://${param.tenant}.example.com/token";
            token.Params["tenant"] = "acme";
            token.Client.Id = "app";
            token.Client.Secret = "${secret.client}";
            token.Scope = "b a";
        });

        explanation.GrantMark.Mark.Should().MatchRegex("^1-[0-9a-f]{32}$");
        Texts(explanation.GrantMark.Parts).Should().Equal(Pair("client", "app"), Pair("origin", "https://acme.example.com"));
        explanation.TokenMark.Mark.Should().MatchRegex("^1-[0-9a-f]{32}$").And.NotBe(explanation.GrantMark.Mark);
        Texts(explanation.TokenMark.Parts).Should().Equal(
            Pair("Request path", "/token"), Pair("grant_type", "client_credentials"), Pair("scope", "a"), Pair("scope", "b"));
        explanation.ToString().Should().Contain(explanation.GrantMark.Mark!).And.Contain(explanation.TokenMark.Mark!)
            .And.Contain("origin: https://acme.example.com").And.Contain("scope: b");
    }

    [Fact]
    public void A_mark_that_differs_from_key_to_key_says_so_and_shows_the_templates()
    {
        var explanation = Explain(token =>
        {
            token.Request.Url = "https://example.com/${subject}/token";
            token.Request.Form.Add("tenant", "${param.tenant}");
            token.Request.Form.Add("kept", "${token.values.a?}");
            token.Response.Values.Add("a", "body.a");
            token.ResolvedParams.Add("tenant");
            token.Client.Id = "${secret.id}";
            token.Placement.Headers.Add("X-Client", "${client.id}");
        });

        explanation.TokenMark.Mark.Should().BeNull();
        Texts(explanation.TokenMark.Parts).Should().Equal(Pair("Request field tenant", "${param.tenant}"), Pair("Request path", "/${subject}/token"));
        explanation.GrantMark.Mark.Should().NotBeNull();
        Texts(explanation.GrantMark.Parts).Should().Equal(Pair("client", "${secret.id}"), Pair("origin", "https://example.com"));
        explanation.ToString().Should().Contain("differs from key to key");
    }

    [Fact]
    public void A_mark_shows_no_secret_that_stands_in_the_definition_as_it_is()
    {
        var explanation = Explain(token =>
        {
            token.Request.Url = "https://example.com/login?api_key=plain-1";
            token.Request.Form.Add("client_secret", "plain-2");
            token.Request.Form.Add("user_password", "plain-3");
            token.Request.Form.Add("subject_token", "plain-4");
            token.Request.Form.Add("assertion", "plain-5");
            token.Request.Form.Add("token", "plain-7");
            token.Request.Headers.Add("X-Key", "plain-6");
        });

        Texts(explanation.GrantMark.Parts.Concat(explanation.TokenMark.Parts)).Should().Equal(
            Pair("origin", "https://example.com"), Pair("Request path", "/login"));
    }

    [Fact]
    public void An_unknown_name_is_refused()
    {
        var explain = () => Explain(token => token.Request.Url = "https://example.com", "other");

        explain.Should().Throw<ArgumentException>().WithMessage("*'other'*crm*");
    }

    private static string Origin(TokenExplanation explanation, string name) => explanation.Values.Single(value => value.Name == name).Origin;

    private static string Pair(string name, string value) => $"{name}={value}";

    private static IEnumerable<string> Texts(IEnumerable<KeyValuePair<string, string>> pairs) => pairs.Select(static pair => Pair(pair.Key, pair.Value));

    private static TokenExplanation Explain(Action<TokenRefreshOptions> configure, string name = "crm")
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh("crm", configure);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<ITokenDefinitions>().Explain(name);
    }

    /// <summary>A provider with a name of its own, as files have.</summary>
    private sealed class Named(string name, Dictionary<string, string?> values) : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder)
        {
            Data = values;
            return this;
        }

        public override string ToString() => name;
    }
}
