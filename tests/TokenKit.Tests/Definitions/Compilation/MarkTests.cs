using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using TokenKit.Definitions;
using TokenKit.Values;

namespace TokenKit.Tests;

/// <summary>What changes a mark of a definition and what does not.</summary>
public sealed class MarkTests
{
    private const string Endpoint = "https://login.example.com/oauth/token";

    private static readonly ImmutableDictionary<string, string> NoParams = ImmutableDictionary<string, string>.Empty;

    public static TheoryData<string, TokenRefreshOptions, TokenRefreshOptions> OneGrant => new()
    {
        { "a preset and a request that is spelt out", Machine(), SpeltOut(request => { Basic(request); Fields(request, "grant_type=client_credentials"); }) },
        { "a client id as a field", Machine(), SpeltOut(request => Fields(request, "client_id=my-app", "client_secret=${secret.x}")) },
        { "a client id in the query", Machine(), SpeltOut(request => request.Query.Add("client_id", "my-app")) },
        { "a client id in JSON", Machine(), SpeltOut(request => request.Json = "{ \"client_id\": \"my-app\" }") },
        { "a client id within JSON", Machine(), SpeltOut(request => request.Json = "{ \"client\": { \"client_id\": \"my-app\" } }") },
        { "a client id in the URL's query", Machine(), SpeltOut(request => request.Url = $"{Endpoint}?client_id=my%2Dapp") },
        { "a client id from a parameter", Machine(), Machine(options => { options.Params["app"] = "my"; options.Client.Id = "${param.app}-app"; }) },
        { "another path", Machine(), Machine(options => options.TokenEndpoint = "https://login.example.com/v2/token") },
        { "another way to write the origin", Machine(), Machine(options => options.TokenEndpoint = "HTTPS://LOGIN.Example.com:443/oauth/token") },
        { "an origin from a parameter", Machine(), Machine(options => { options.Params["base"] = "https://login.example.com/oauth"; options.TokenEndpoint = "${param.base}/token"; }) },
        { "a label from a parameter", Machine(), Machine(options => { options.Params["host"] = "login"; options.TokenEndpoint = "https://${param.host}.example.com/oauth/token"; }) },
        { "another scope", Machine(), Machine(options => options.Scope = "a") },
        { "another secret", Machine(), Machine(options => options.Client.Secret = "${secret.other}") },
        { "another authentication", Machine(), Machine(options => options.Authentication = ClientAuthenticationMethods.ClientSecretPost) },
        { "JSON with the credentials in it", Machine(), Machine(options => { options.Body = GrantBody.Json; options.Authentication = ClientAuthenticationMethods.ClientSecretPost; }) },
        { "a login beside the renewal", Renewal(), Renewal(options => { options.Request.Url = "https://other.example.com/login"; options.Request.Form.Add("user", "me"); }) },
        { "a refresh endpoint of the same origin", Renewal(), Renewal(options => options.RefreshEndpoint = "https://login.example.com/renew") },
        { "two addresses of one origin", Machine(), Machine(options => options.TokenEndpoint = (string[])["https://login.example.com/${param.path?}", Endpoint]) },
        { "one issuer with and without its last slash", Issuer("https://login.example.com/a"), Issuer("https://login.example.com/a/") },
        { "one kept origin, another path", SpeltOutRenewal("${token.values.url}/renew"), SpeltOutRenewal("${token.values.url}/refresh") },
    };

    public static TheoryData<string, TokenRefreshOptions, TokenRefreshOptions> TwoGrants => new()
    {
        { "another client", Machine(), Machine(options => options.Client.Id = "other-app") },
        { "no client", Machine(), SpeltOut(request => Fields(request, "grant_type=client_credentials")) },
        { "another host", Machine(), Machine(options => options.TokenEndpoint = "https://test.example.com/oauth/token") },
        { "another port", Machine(), Machine(options => options.TokenEndpoint = "https://login.example.com:8443/oauth/token") },
        { "an issuer", Machine(), Issuer("https://login.example.com") },
        { "another issuer", Issuer("https://login.example.com/a"), Issuer("https://login.example.com/b") },
        { "another client as a field", SpeltOut(request => Fields(request, "client_id=my-app")), SpeltOut(request => Fields(request, "client_id=other-app")) },
        { "the renewal's host, not the login's", Renewal(), Renewal(options => options.RefreshEndpoint = "https://other.example.com/oauth/token") },
        { "another kept origin", SpeltOutRenewal("${token.values.url}/renew"), SpeltOutRenewal("${token.values.other}/renew") },
        { "a kept origin, written out", SpeltOutRenewal("${token.values.url}/renew"), SpeltOutRenewal("https://login.example.com/renew") },
        { "an id that is a secret", Machine(options => options.Client.Id = "${secret.id}"), Machine(options => options.Client.Id = "${secret.id2}") },
        { "one client more", Machine(), Machine(options => options.Client.Id = (string[])["my-app", "other-app"]) },
        { "the clients the other way round", Machine(options => options.Client.Id = (string[])["a", "b"]), Machine(options => options.Client.Id = (string[])["b", "a"]) },
        { "the step that sends the stored token", Steps("https://one.example.com/renew", "https://two.example.com/token"), Steps("https://three.example.com/renew", "https://two.example.com/token") },
        { "words by hand", Machine(), Machine(options => options.Secret.Grant = "crm") },
        { "other words by hand", Machine(options => options.Secret.Grant = "one"), Machine(options => options.Secret.Grant = "two") },
    };

    public static TheoryData<string, TokenRefreshOptions, TokenRefreshOptions> OneToken => new()
    {
        { "scopes in another order", Machine(options => options.Scope = "b a"), Machine(options => options.Scope = (string[])["a", "b"]) },
        { "a scope twice", Machine(options => options.Scope = "a b a"), Machine(options => options.Scope = "a b") },
        { "a separator", Machine(options => options.Scope = "a b"), Machine(options => { options.Scope = (string[])["b", "a"]; options.ScopeSeparator = "+"; }) },
        { "a separator that is sent by who spells it out", Machine(options => { options.Scope = (string[])["b", "a"]; options.ScopeSeparator = ","; }), SpeltOut(request => Fields(request, "grant_type=client_credentials", "scope=a,b")) },
        { "audiences in another order", Machine(options => options.Audience = (string[])["a", "b"]), Machine(options => options.Audience = (string[])["b", "a", "b"]) },
        { "resources in another order", Machine(options => options.Resource = (string[])["https://a", "https://b"]), Machine(options => options.Resource = (string[])["https://b", "https://a"]) },
        { "JSON", Machine(Full), Machine(options => { Full(options); options.Body = GrantBody.Json; }) },
        { "a query", Machine(Full), Machine(options => { Full(options); options.Body = GrantBody.Query; options.Request.AllowSecretInUrl = true; }) },
        { "a query in the URL", SpeltOut(request => request.Query.Add("a b", "c&d")), SpeltOut(request => request.Url = $"{Endpoint}?a%20b=c%26d") },
        { "a parameter", SpeltOut(request => Fields(request, "tenant=acme")), WithParams(SpeltOut(request => Fields(request, "tenant=${param.a}me")), ("a", "ac")) },
        { "fields in another order", SpeltOut(request => Fields(request, "a=1", "b=2")), SpeltOut(request => Fields(request, "b=2", "a=1")) },
        { "a number in JSON and a field", SpeltOut(request => request.Json = "{ \"a\": 1 }"), SpeltOut(request => Fields(request, "a=1")) },
        { "members of JSON in another order", SpeltOut(request => request.Json = "{ \"a\": { \"b\": 1, \"c\": [2] } }"), SpeltOut(request => request.Json = "{ \"a\": { \"c\": [2], \"b\": 1 } }") },
        { "another secret", SpeltOut(request => Fields(request, "password=${secret.a}")), SpeltOut(request => Fields(request, "password=${secret.b}")) },
        { "a secret that stands there as it is", SpeltOut(request => Fields(request, "password=one", "client_secret=two")), SpeltOut(request => Fields(request, "password=three", "client_secret=four")) },
        { "a secret in JSON that stands there as it is", SpeltOut(request => request.Json = "{ \"login\": { \"apiKey\": \"a\" } }"), SpeltOut(request => request.Json = "{ \"login\": { \"apiKey\": \"b\" } }") },
        { "another client", SpeltOut(request => Fields(request, "client_id=a")), SpeltOut(request => Fields(request, "client_id=b")) },
        { "another assertion", Assertion("${assertion.a}"), Assertion("${assertion.b}") },
        { "what is made for each request", SpeltOut(request => Fields(request, "time=${unix(now)}", "n=${uuid}", "r=${random(8)}")), SpeltOut() },
        { "a field that reads the stored token", SpeltOutRenewal("https://login.example.com/a"), SpeltOutRenewal("https://login.example.com/a", request => request.Form.Add("old", "${token.access}")) },
        { "headers", SpeltOut(), SpeltOut(request => request.Headers.Add("X-Tenant", "acme")) },
        { "the method", SpeltOut(), SpeltOut(request => request.Method = "PUT") },
        { "a text", SpeltOut(request => { request.Text = "<a/>"; request.ContentType = "text/xml"; }), SpeltOut(request => { request.Text = "<b/>"; request.ContentType = "text/xml"; }) },
        { "the map, the times, the placement", Machine(), Machine(Elsewhere) },
        { "another host", Machine(), Machine(options => options.TokenEndpoint = "https://test.example.com/oauth/token") },
        { "the grant by hand", Machine(), Machine(options => options.Secret.Grant = "crm") },
        { "one mark by hand", Machine(options => options.Secret.Mark = "crm"), SpeltOut(request => Fields(request, "a=1"), options => options.Secret.Mark = "crm") },
        { "client_credentials, spelt out", Machine(Full), SpeltOut(request => { Basic(request); Fields(request, "grant_type=client_credentials", "scope=s2 s1", "audience=https://b", "audience=https://a", "resource=urn:r"); }) },
        { "client_credentials in JSON, spelt out", Machine(options => { Full(options); options.Body = GrantBody.Json; }), SpeltOut(request => { Basic(request); request.Json = "{ \"grant_type\": \"client_credentials\", \"scope\": \"s1 s2\", \"audience\": [\"https://a\", \"https://b\"], \"resource\": \"urn:r\" }"; }) },
        { "client_credentials in a query, spelt out", Machine(options => { Full(options); options.Body = GrantBody.Query; }), SpeltOut(request => { Basic(request); request.Query.Add("grant_type", "client_credentials"); request.Query.Add("scope", "s1 s2"); request.Query.Add("audience", "https://a"); request.Query.Add("audience", "https://b"); request.Query.Add("resource", "urn:r"); }) },
        { "jwt-bearer, spelt out", Assertion("${assertion.a}"), SpeltOut(request => Fields(request, $"grant_type={TokenGrants.JwtBearer}", "assertion=${assertion.a}", "scope=s")) },
        { "token-exchange, spelt out", Exchanged(), SpeltOut(request => { Basic(request); Fields(request, $"grant_type={TokenGrants.TokenExchange}", "subject_token=${assertion.user}", "subject_token_type=urn:ietf:params:oauth:token-type:jwt", "audience=a"); }) },
        { "refresh_token, spelt out", Renewal(), SpeltOutRenewal(Endpoint) },
        { "a field that is added to a preset", Machine(options => options.Request.Form.Add("tenant", "acme")), SpeltOut(request => { Basic(request); Fields(request, "grant_type=client_credentials", "tenant=acme"); }) },
        { "the first of alternatives that has a value", SpeltOut(request => request.Form.Add("a", (string[])["${param.none?}", "x", "y"])), SpeltOut(request => Fields(request, "a=x")) },
        { "what is left out", SpeltOut(request => Fields(request, "a=${param.none?}")), SpeltOut() },
        { "one step", SpeltOut(request => Fields(request, "a=1")), SpeltOut(request => { request.Url = null; request.Steps.Add(Step("a=1")); }) },
        { "two tokens that are made here", Local("${secret.a}"), Local("${secret.b}") },
    };

    public static TheoryData<string, TokenRefreshOptions, TokenRefreshOptions> TwoTokens => new()
    {
        { "another scope", Machine(options => options.Scope = "a"), Machine(options => options.Scope = "a b") },
        { "another granted scope", Renewal(options => options.Scope = "a"), Renewal(options => options.Scope = "b") },
        { "another audience", Machine(options => options.Audience = "a"), Machine(options => options.Audience = "b") },
        { "an audience as a resource", Machine(options => options.Audience = "https://a"), Machine(options => options.Resource = "https://a") },
        { "another kind of grant", SpeltOut(request => Fields(request, "grant_type=password")), SpeltOut(request => Fields(request, "grant_type=client_credentials")) },
        { "another path", Machine(), Machine(options => options.TokenEndpoint = "https://login.example.com/v2/token") },
        { "a path that metadata names", Machine(), Issuer("https://login.example.com") },
        { "a path behind a kept origin", SpeltOutRenewal("${token.values.url}/renew"), SpeltOutRenewal("${token.values.url}/refresh") },
        { "another field", SpeltOut(request => Fields(request, "tenant=a")), SpeltOut(request => Fields(request, "tenant=b")) },
        { "another name", SpeltOut(request => Fields(request, "tenant=a")), SpeltOut(request => Fields(request, "realm=a")) },
        { "one field more", SpeltOut(request => Fields(request, "a=1")), SpeltOut(request => Fields(request, "a=1", "a=1")) },
        { "a value that looks like two fields", SpeltOut(request => Fields(request, "a=1", "b=2")), SpeltOut(request => request.Form.Add("a", "1b=2")) },
        { "another parameter", WithParams(SpeltOut(request => Fields(request, "t=${param.a}")), ("a", "1")), WithParams(SpeltOut(request => Fields(request, "t=${param.a}")), ("a", "2")) },
        { "a place in JSON", SpeltOut(request => request.Json = "{ \"a\": { \"b\": 1 } }"), SpeltOut(request => request.Json = "{ \"a.b\": 1 }") },
        { "a list in JSON the other way round", SpeltOut(request => request.Json = "{ \"a\": [1, 2] }"), SpeltOut(request => request.Json = "{ \"a\": [2, 1] }") },
        { "a field that is added to a preset", Machine(), Machine(options => options.Request.Form.Add("tenant", "acme")) },
        { "the login's field", Renewal(WithLogin("a=1")), Renewal(WithLogin("a=2")) },
        { "a field of an earlier step", Steps("https://one.example.com/renew", Endpoint), Steps("https://one.example.com/renew?a=1", Endpoint) },
        { "a type of token", Exchanged(), Exchanged(options => options.SubjectTokenType = "urn:ietf:params:oauth:token-type:id_token") },
        { "one made here", Local("${secret.a}"), SpeltOut() },
        { "a mark by hand", Machine(), Machine(options => options.Secret.Mark = "crm") },
        { "another mark by hand", Machine(options => options.Secret.Mark = "one"), Machine(options => options.Secret.Mark = "two") },
    };

    public static TheoryData<string, TokenRefreshOptions, TokenRefreshOptions> OneTarget => new()
    {
        { "another scope", Machine(options => options.Scope = "a"), Machine(options => options.Scope = "b") },
        { "another field", SpeltOut(request => Fields(request, "tenant=a")), SpeltOut(request => Fields(request, "tenant=b")) },
        { "a query", SpeltOut(), SpeltOut(request => request.Url = $"{Endpoint}?a=1") },
        { "another way to write it", Machine(), SpeltOut(request => { Basic(request); Fields(request, "grant_type=client_credentials"); }) },
        { "a login beside the renewal", Renewal(), Renewal(WithLogin("a=1")) },
        { "audiences in another order", Machine(options => options.Audience = (string[])["a", "b"]), Machine(options => options.Audience = (string[])["b", "a"]) },
        { "another client", Machine(), Machine(options => options.Client.Id = "other") },
        { "marks by hand", Machine(), Machine(options => { options.Secret.Mark = "a"; options.Secret.Grant = "b"; }) },
    };

    public static TheoryData<string, TokenRefreshOptions, TokenRefreshOptions> TwoTargets => new()
    {
        { "another audience", Machine(options => options.Audience = "a"), Machine(options => options.Audience = "b") },
        { "another resource", Machine(options => options.Resource = "https://a"), Machine(options => options.Resource = "https://b") },
        { "another path", Machine(), Machine(options => options.TokenEndpoint = "https://login.example.com/v2/token") },
        { "another host", Machine(), Machine(options => options.TokenEndpoint = "https://test.example.com/oauth/token") },
        { "a path of a kept origin", SpeltOutRenewal("${token.values.url}/renew"), SpeltOutRenewal("${token.values.url}/refresh") },
        { "a kept path", SpeltOutRenewal("https://login.example.com/${token.values.a}"), SpeltOutRenewal("https://login.example.com/${token.values.b}") },
        { "an earlier step", Steps("https://one.example.com/renew", Endpoint), Steps("https://one.example.com/other", Endpoint) },
        { "another issuer", Issuer("https://login.example.com/a"), Issuer("https://login.example.com/b") },
    };

    [Theory]
    [MemberData(nameof(OneGrant))]
    public void The_grant_mark_stays_with(string what, TokenRefreshOptions one, TokenRefreshOptions other) =>
        Marks(other).Grant.Should().Be(Marks(one).Grant, what);

    [Theory]
    [MemberData(nameof(TwoGrants))]
    public void The_grant_mark_changes_with(string what, TokenRefreshOptions one, TokenRefreshOptions other) =>
        Marks(other).Grant.Matches(Marks(one).Grant).Should().BeFalse(what);

    [Theory]
    [MemberData(nameof(OneToken))]
    public void The_token_mark_stays_with(string what, TokenRefreshOptions one, TokenRefreshOptions other) =>
        Marks(other).Token.Should().Be(Marks(one).Token, what);

    [Theory]
    [MemberData(nameof(TwoTokens))]
    public void The_token_mark_changes_with(string what, TokenRefreshOptions one, TokenRefreshOptions other) =>
        Marks(other).Token.Matches(Marks(one).Token).Should().BeFalse(what);

    [Theory]
    [MemberData(nameof(OneTarget))]
    public void The_target_stays_with(string what, TokenRefreshOptions one, TokenRefreshOptions other) =>
        Marks(other).Target.Should().Be(Marks(one).Target, what);

    [Theory]
    [MemberData(nameof(TwoTargets))]
    public void The_target_changes_with(string what, TokenRefreshOptions one, TokenRefreshOptions other) =>
        Marks(other).Target.Matches(Marks(one).Target).Should().BeFalse(what);

    [Fact]
    public void A_seed_s_exchange_of_a_code_has_no_part_in_a_mark() =>
        Marks(Renewal(options => { options.Seed.Code = "c"; options.Seed.RedirectUri = "https://app.example.com/back"; }))
            .AreSameAs(Marks(Renewal())).Should().BeTrue();

    [Fact]
    public void Marks_that_read_nothing_of_a_key_are_one_instance_for_all_keys()
    {
        var marks = Compiled.Definition(WithParams(Machine(options => options.Scope = "${param.a}"), ("a", "1"))).Marks;

        marks.IsFixed.Should().BeTrue();
        (marks.GrantReadsKey, marks.TokenReadsKey, marks.TargetReadsKey, marks.ReadsResolved).Should().Be((false, false, false, false));
        marks.For(NoParams, "one").Should().BeSameAs(marks.For(NoParams.Add("a", "2"), "two"));
        marks.For(NoParams, "").Registration.Should().Be("crm");
    }

    [Fact]
    public void A_subject_in_a_request_makes_a_token_mark_for_each_subject()
    {
        var marks = Compiled.Definition(Machine(options => options.Scope = "read:${subject}")).Marks;

        marks.IsFixed.Should().BeFalse();
        (marks.GrantReadsKey, marks.TokenReadsKey, marks.TargetReadsKey, marks.ReadsResolved).Should().Be((false, true, false, false));
        marks.For(NoParams, "a").Token.Should().NotBe(marks.For(NoParams, "b").Token);
        marks.For(NoParams, "a").Token.Should().Be(Marks(Machine(options => options.Scope = "read:a")).Token);
        marks.For(NoParams, "a").Grant.Should().Be(Marks(Machine()).Grant);
    }

    [Theory]
    [InlineData("https://${param.tenant}.example.com/token", true, false, true)]
    [InlineData("https://login.example.com/${param.tenant}/token", false, true, true)]
    [InlineData("https://login.example.com/token?tenant=${param.tenant}", false, true, false)]
    [InlineData("https://login.example.com/token?${param.tenant}=x", false, true, false)]
    [InlineData("${param.tenant}", true, true, true)]
    [InlineData("https://${param.tenant}/token", true, true, true)]
    public void A_parameter_that_code_resolves_makes_the_marks_it_stands_in(string url, bool grant, bool token, bool target)
    {
        var options = SpeltOut(request => request.Url = url);
        options.ResolvedParams.Add("tenant");
        var marks = Compiled.Definition(options).Marks;

        (marks.GrantReadsKey, marks.TokenReadsKey, marks.TargetReadsKey, marks.ReadsResolved).Should().Be((grant, token, target, true));
        var value = url == "${param.tenant}" ? "https://acme.example.com/token" : url.Contains("//${", StringComparison.Ordinal) && url.EndsWith("}/token", StringComparison.Ordinal) ? "acme.example.com" : "acme";
        var resolved = marks.For(NoParams.Add("tenant", value), "");
        resolved.AreSameAs(Marks(SpeltOut(request => request.Url = url.Replace("${param.tenant}", value, StringComparison.Ordinal)))).Should().BeTrue();
    }

    [Fact]
    public void A_slash_or_a_question_mark_within_an_expression_parts_no_url()
    {
        var options = SpeltOut(request => request.Url = "https://login.example.com/${concat(param.tenant, '/?a=b&c')}/token?d=${concat('e&=', param.tenant)}&f=1");
        options.ResolvedParams.Add("tenant");
        var marks = Compiled.Definition(options).Marks;

        marks.TokenParts.Select(static part => $"{part.Name} = {part.Text}").Should().Equal(
            "Request field d = ${concat('e&=', param.tenant)}",
            "Request field f = 1",
            "Request path = /${concat(param.tenant, '/?a=b&c')}/token");
        marks.For(NoParams.Add("tenant", "t"), "").AreSameAs(
            Marks(SpeltOut(request => request.Url = "https://login.example.com/t%2F%3Fa%3Db%26c/token?d=e%26%3Dt&f=1"))).Should().BeTrue();
    }

    [Fact]
    public void The_values_of_JSON_are_named_by_their_paths_with_their_parameters_put_in()
    {
        var options = WithParams(
            SpeltOut(request => request.Json = """
                { "grant_type": "password", "scope": ["b", "a"], "user": { "id": "${number(param.id)}", "name": "x${param.id}" },
                  "list": [true, null, "${secret.a}"], "odd.name": "", "empty": [], "client": { "client_secret": "plain" } }
                """),
            ("id", "7"));

        Compiled.Definition(options).Marks.TokenParts.Select(static part => $"{part.Name} = {part.Text}").Should().Equal(
            "Request field \"odd.name\" = ",
            "Request field list[0] = true",
            "Request field list[1] = null",
            "Request field user.id = 7",
            "Request field user.name = x7",
            "Request path = /oauth/token",
            "grant_type = password",
            "scope = a",
            "scope = b");
    }

    [Fact]
    public void A_subject_stands_in_a_url_as_it_is_encoded()
    {
        var marks = Compiled.Definition(SpeltOut(request => request.Url = "https://login.example.com/${subject}/token")).Marks;

        marks.For(NoParams, "a/b").AreSameAs(Marks(SpeltOut(request => request.Url = "https://login.example.com/a%2Fb/token"))).Should().BeTrue();
    }

    [Fact]
    public void A_value_that_is_missing_changes_a_mark_and_fails_nothing()
    {
        var options = SpeltOut(request => request.Url = "https://login.example.com/${subject}/token");
        var marks = Compiled.Definition(options).Marks;

        marks.For(NoParams, "").Token.IsAbsent.Should().BeFalse();
        marks.For(NoParams, "").Token.Should().NotBe(marks.For(NoParams, "a").Token);
    }

    [Fact]
    public void An_identity_changes_with_what_marks_are_made_of_and_with_nothing_else()
    {
        string Identity(TokenRefreshOptions options)
        {
            options.ResolvedParams.Add("tenant");
            return Compiled.Definition(options).Marks.Identity;
        }

        TokenRefreshOptions Tenants(string value, string region = "eu") =>
            WithParams(SpeltOut(request => Fields(request, $"tenant={value}", "scope=b a")), ("region", region));

        Identity(Tenants("${param.tenant}")).Should().Be(Identity(Tenants("${param.tenant}", "us")));
        Identity(Tenants("${param.tenant}-${param.region}")).Should().NotBe(Identity(Tenants("${param.tenant}-${param.region}", "us")));
        Identity(Tenants("${param.tenant}")).Should().NotBe(Identity(Tenants("${subject}")));
        Identity(Tenants("${param.region}")).Should().Be(Identity(Tenants("eu")));
        Identity(Machine()).Should().Be(Identity(Machine(Elsewhere)));
        Identity(Machine()).Should().NotBe(Identity(Machine(options => options.Client.Id = "other")));
    }

    [Theory]
    [InlineData("Grant", "", "Secret.Grant")]
    [InlineData("Grant", " ", "Secret.Grant")]
    [InlineData("Mark", "", "Secret.Mark")]
    [InlineData("Mark", "\t", "Secret.Mark")]
    public void A_mark_by_hand_is_not_blank(string key, string value, string path)
    {
        var faults = Compiled.Faults(Machine(options => (options.Secret.Grant, options.Secret.Mark) = key == "Grant" ? (value, null) : ((string?)null, value)));

        faults.Should().ContainSingle().Which.Should().StartWith(path).And.Contain("is blank");
    }

    [Fact]
    public void A_mark_by_hand_is_no_template() =>
        Marks(Machine(options => options.Secret.Grant = "${param.none}")).Grant.Should()
            .NotBe(Marks(Machine(options => options.Secret.Grant = "${param.other}")).Grant);

    [Fact]
    public void The_order_of_what_is_sent_changes_no_mark()
    {
        var words = Gen.Elements("a", "b", "c", "scope", "audience", "resource", "grant_type");
        var fields = Gen.Two(words).Select(static pair => (Name: pair.Item1, Value: pair.Item2)).ListOf().ToArbitrary();

        Prop.ForAll(fields, Gen.Choose(0, int.MaxValue).ToArbitrary(), static (list, seed) =>
        {
            var shuffled = list.ToArray();
            new Random(seed).Shuffle(shuffled);

            return Marks(Sending(list)).Token == Marks(Sending(shuffled)).Token;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Two_sets_of_scopes_have_one_mark_where_they_are_equal_and_only_there()
    {
        var scopes = Gen.Elements("a", "b", "c", "ab", "bc").ListOf().ToArbitrary();

        Prop.ForAll(scopes, scopes, static (one, other) =>
            (Marks(Sending([("scope", string.Join(' ', one))])).Token == Marks(Sending([("scope", string.Join(' ', other))])).Token)
            == one.ToHashSet().SetEquals(other)).QuickCheckThrowOnFailure();
    }

    private static TokenMarks Marks(TokenRefreshOptions options) => Compiled.Definition(options).Marks.For(NoParams, "");

    private static TokenRefreshOptions Sending(IEnumerable<(string Name, string Value)> fields) => SpeltOut(request =>
    {
        foreach (var (name, value) in fields)
        {
            request.Form.Add(name, value);
        }
    });

    private static TokenRefreshOptions Machine(Action<TokenRefreshOptions>? configure = null) => With(Compiled.ClientCredentials(), configure);

    private static TokenRefreshOptions Renewal(Action<TokenRefreshOptions>? configure = null) => With(Compiled.RefreshToken(), configure);

    private static TokenRefreshOptions Issuer(string issuer) => Machine(options => (options.TokenEndpoint, options.Authority) = (null, issuer));

    private static TokenRefreshOptions Assertion(string assertion) => With(
        new TokenRefreshOptions { Grant = TokenGrants.JwtBearer, TokenEndpoint = Endpoint, Assertion = assertion, Scope = "s" }, null);

    private static TokenRefreshOptions Exchanged(Action<TokenRefreshOptions>? configure = null) => Machine(options =>
    {
        options.Grant = TokenGrants.TokenExchange;
        options.SubjectToken = "${assertion.user}";
        options.SubjectTokenType = "urn:ietf:params:oauth:token-type:jwt";
        options.Audience = "a";
        configure?.Invoke(options);
    });

    private static TokenRefreshOptions Local(string token) => new() { Response = { AccessToken = token.Replace("${", "", StringComparison.Ordinal).TrimEnd('}') } };

    private static TokenRefreshOptions SpeltOut(Action<TokenRequestOptions>? configure = null, Action<TokenRefreshOptions>? also = null)
    {
        var options = new TokenRefreshOptions { Request = { Url = Endpoint }, Client = { Id = "my-app", Secret = "${secret.crm-client-secret}" } };
        configure?.Invoke(options.Request);
        return With(options, also);
    }

    private static TokenRefreshOptions SpeltOutRenewal(string url, Action<TokenRequestOptions>? configure = null)
    {
        var options = new TokenRefreshOptions { RefreshRequest = { Url = url, AllowSecretInUrl = true, AllowedOrigins = "https://*.example.com" }, Client = { Id = "my-app", Secret = "${secret.crm-client-secret}" } };
        Basic(options.RefreshRequest);
        Fields(options.RefreshRequest, "grant_type=refresh_token", "refresh_token=${token.refresh}");
        foreach (var kept in new[] { "url", "other", "a", "b" })
        {
            options.Response.Values.Add(kept, $"body.{kept}");
        }

        configure?.Invoke(options.RefreshRequest);
        return options;
    }

    private static TokenRefreshOptions Steps(string renewal, string last)
    {
        var options = new TokenRefreshOptions();
        options.RefreshRequest.Steps.Add(new TokenRequestOptions { Url = renewal });
        options.RefreshRequest.Steps[0].Form.Add("refresh_token", "${token.refresh}");
        options.RefreshRequest.Steps.Add(new TokenRequestOptions { Url = last });
        return options;
    }

    private static TokenRequestOptions Step(params string[] fields)
    {
        var step = new TokenRequestOptions { Url = Endpoint };
        Fields(step, fields);
        return step;
    }

    private static Action<TokenRefreshOptions> WithLogin(params string[] fields) => options =>
    {
        options.Request.Url = "https://login.example.com/login";
        Fields(options.Request, fields);
    };

    private static TokenRefreshOptions WithParams(TokenRefreshOptions options, params (string Name, string Value)[] parameters)
    {
        foreach (var (name, value) in parameters)
        {
            options.Params[name] = value;
        }

        return options;
    }

    private static TokenRefreshOptions With(TokenRefreshOptions options, Action<TokenRefreshOptions>? configure)
    {
        configure?.Invoke(options);
        return options;
    }

    private static void Full(TokenRefreshOptions options) =>
        (options.Scope, options.Audience, options.Resource) = ("s1 s2", (string[])["https://a", "https://b"], "urn:r");

    private static void Elsewhere(TokenRefreshOptions options)
    {
        options.Response.AccessToken = "body.token";
        options.Freshness.RefreshAt = 0.5;
        options.Resilience.Attempts = 1;
        options.Placement.Header = "X-Token";
        options.Request.Headers.Add("X-Tenant", "acme");
        options.Request.Method = "PUT";
    }

    private static void Basic(TokenRequestOptions request) => request.Authentication = ClientAuthenticationMethods.ClientSecretBasic;

    private static void Fields(TokenRequestOptions request, params string[] fields)
    {
        foreach (var field in fields)
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            request.Form.Add(field[..equals], field[(equals + 1)..]);
        }
    }
}
