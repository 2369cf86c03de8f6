using System.Text;
using Microsoft.Extensions.Configuration;
using TokenKit.Definitions.Compilation;
using TokenKit.Definitions.Configuration;
using TokenKit.Language.Expressions;

namespace TokenKit.Tests;

public sealed class TokenRefreshOptionsReaderTests
{
    // The least that textbook OAuth needs, and an API that has its own way in everything.
    private const string TwoDefinitions = """
        { "TokenRefresh": {
          "crm":     { "TokenEndpoint": "https://login.crm.example/oauth/token", "Grant": "client_credentials",
                       "Client": { "Id": "my-app", "Secret": "${secret.crm-client-secret}" }, "Scope": "orders.read" },
          "reports": { "Params": { "host": "reports.example", "version": "v3" },
                       "Request":  { "Url": "https://${param.host}/api/${param.version}/sign-in", "Headers": { "Accept": "application/json" },
                                     "Json": { "credentials": { "name": "${secret.reports-name}", "key": "${secret.reports-key}" } } },
                       "Response": { "AccessToken": "body.session.token", "ExpiresIn": "body.session.remaining", "ExpiresInFormat": "d:hh:mm" },
                       "Placement": { "Header": "X-Session", "Value": "${token.access}", "BaseUrl": "https://${param.host}/api/${param.version}" } }
        } }
        """;

    [Fact]
    public void A_definition_of_textbook_OAuth_compiles_from_configuration()
    {
        var request = Compiled.Definition(Read(TwoDefinitions, "TokenRefresh:crm")).Request!;

        Compiled.Form(request).Should().Equal("grant_type=client_credentials", "scope=orders.read");
        request.Client.Secret.Single().Source.Should().Be("${secret.crm-client-secret}");
    }

    [Fact]
    public void A_definition_that_spells_everything_out_compiles_from_configuration()
    {
        var definition = Compiled.Definition(Read(TwoDefinitions, "TokenRefresh:reports"));

        definition.Request!.Url.Single().Render(new EvaluationContext { Params = definition.Params }).Text
            .Should().Be("https://reports.example/api/v3/sign-in");
        Compiled.Json(definition.Request, new StubScope().Secret("reports-name", "n").Secret("reports-key", "k"))
            .Should().Be("""{"credentials":{"key":"k","name":"n"}}""", "configuration sorts keys");
        definition.Placement.Headers.Single().Name.Should().Be("X-Session");
    }

    [Fact]
    public void Every_key_reaches_its_option()
    {
        var options = Read("""
            { "t": {
              "Grant": "refresh_token", "TokenEndpoint": ["https://a.example/t", "https://b.example/t"], "RefreshEndpoint": "https://a.example/r",
              "Client": { "Id": "i", "Secret": "s" }, "Authentication": "none", "BasicEncoding": "raw", "Scope": ["a", "b"],
              "ScopeSeparator": ",", "Audience": ["x", "y"], "Resource": "z", "Params": { "p": "1" }, "Body": "json",
              "Request": { "Url": "https://c.example", "Method": "PUT", "Headers": { "H": ["1", "2"] }, "Query": ["q=1", "q=2=3"],
                           "Form": ["f=1"], "Text": "x", "ContentType": "text/xml", "Authentication": "off", "BasicEncoding": "form",
                           "Response": { "AccessToken": "text" }, "AllowSecretInUrl": true },
              "RefreshRequest": { "Json": [ { "a": "1" }, "2" ] },
              "RequestWhen": "never",
              "Response": { "Format": "form", "Success": "status == 200", "AccessToken": ["body.a", "body.b"], "RefreshToken": "body.r",
                            "RefreshTokenRule": "replace", "TokenType": "body.t", "Scope": "body.s", "IssuedAt": "body.i", "ExpiresIn": "body.e",
                            "ExpiresInUnit": "ms", "ExpiresInFormat": "h:mm", "ExpiresAt": "body.x", "ExpiresAtFormat": "yyyy", "Lifetime": "55m",
                            "DefaultLifetime": "never", "RefreshIn": "body.ri", "RefreshTokenExpiresIn": "body.re", "RefreshTokenExpiresAt": "body.rx",
                            "Values": { "u": "body.u", "k": { "Expression": "body.k", "Secret": true } }, "Error": "body.err", "ErrorDescription": "body.d" },
              "Failures": [ { "When": "status == 1", "Is": "throttled", "RetryAfter": "body.w" }, { "When": "status == 2", "Is": "ServerError" } ],
              "Placement": { "Header": "X", "Value": "${token.access}", "Headers": { "Y": "1" }, "Query": { "z": "2" }, "BaseUrl": "https://api.example",
                             "AllowedOrigins": ["https://api.example"], "ExpirySignals": [401, "status == 403"], "ReplayBufferLimit": 10, "KeepCookies": true },
              "Freshness": { "RefreshAt": 0.5, "Margin": "PT5M", "Every": "00:55:00", "NotBefore": "30s", "Jitter": 0.2, "AtStart": true, "KeepAlive": "7d", "MinimumRefreshInterval": "1m" },
              "Resilience": { "Timeout": "10s", "Attempts": 2, "ReuseGrace": "5s", "PersistBudget": "6s", "LeaseMargin": "7s", "PersistRetryCap": "100ms" },
              "Seed": { "RefreshToken": "r", "AccessToken": ["a", "b"], "Lifetime": "50d", "Code": "c", "RedirectUri": "u", "CodeVerifier": "v" },
              "Secret": { "Name": "n", "Environment": "e", "Locked": true, "Grant": "g", "Mark": "m", "AccessTokens": "many" },
              "DangerousAllowHttpOnLoopback": "true"
            } }
            """, "t");

        options.ReadingFaults.Should().BeEmpty();
        options.Grant.Should().Be("refresh_token");
        options.TokenEndpoint.Should().Equal("https://a.example/t", "https://b.example/t");
        options.RefreshEndpoint.Should().Equal("https://a.example/r");
        (options.Client.Id![0], options.Client.Secret![0], options.Authentication, options.BasicEncoding).Should().Be(("i", "s", "none", BasicEncoding.Raw));
        options.Scope.Should().Equal("a", "b");
        (options.ScopeSeparator, options.Resource![0], options.Params["p"], options.Body).Should().Be((",", "z", "1", GrantBody.Json));
        options.Audience.Should().Equal("x", "y");
        var request = options.Request;
        (request.Url![0], request.Method, request.Text![0], request.ContentType, request.Authentication, request.BasicEncoding, request.AllowSecretInUrl)
            .Should().Be(("https://c.example", "PUT", "x", "text/xml", "off", BasicEncoding.Form, true));
        request.Headers["H"].Should().Equal("1", "2");
        request.Query.Select(field => $"{field.Key}:{field.Value[0]}").Should().Equal("q:1", "q:2=3");
        request.Form["f"].Should().Equal("1");
        request.Response!.AccessToken.Should().Equal("text");
        options.RefreshRequest.Json!.ToJsonString().Should().Be("""[{"a":"1"},"2"]""");
        options.RequestWhen.Should().Be(RequestWhen.Never);
        var response = options.Response;
        (response.Format, response.Success, response.RefreshTokenRule, response.ExpiresInUnit, response.ExpiresInFormat, response.ExpiresAtFormat)
            .Should().Be((ResponseFormat.Form, "status == 200", RefreshTokenRule.Replace, LifetimeUnit.Milliseconds, "h:mm", "yyyy"));
        response.AccessToken.Should().Equal("body.a", "body.b");
        new[] { response.RefreshToken, response.TokenType, response.Scope, response.IssuedAt, response.ExpiresIn, response.ExpiresAt, response.RefreshIn, response.RefreshTokenExpiresIn, response.RefreshTokenExpiresAt, response.Error, response.ErrorDescription }
            .Select(list => list![0]).Should().Equal("body.r", "body.t", "body.s", "body.i", "body.e", "body.x", "body.ri", "body.re", "body.rx", "body.err", "body.d");
        (response.Lifetime, response.DefaultLifetime).Should().Be((TimeSpan.FromMinutes(55), Timeout.InfiniteTimeSpan));
        response.Values.Select(value => (value.Name, value.Expression[0], value.IsSecret)).Should().BeEquivalentTo(new[] { ("k", "body.k", true), ("u", "body.u", false) });
        options.Failures.Select(failure => (failure.When, failure.Is, failure.RetryAfter)).Should().Equal(
            ("status == 1", RefreshFailureReason.Throttled, "body.w"), ("status == 2", RefreshFailureReason.ServerError, null));
        var placement = options.Placement;
        (placement.Header, placement.Value[0], placement.Headers["Y"]![0], placement.Query["z"]![0], placement.BaseUrl![0], placement.ReplayBufferLimit, placement.KeepCookies)
            .Should().Be(("X", "${token.access}", "1", "2", "https://api.example", 10, true));
        placement.AllowedOrigins.Should().Equal("https://api.example");
        placement.ExpirySignals.Should().Equal("401", "status == 403");
        options.Freshness.Should().BeEquivalentTo(new TokenFreshnessOptions
        {
            RefreshAt = 0.5, Margin = TimeSpan.FromMinutes(5), Every = TimeSpan.FromMinutes(55), NotBefore = TimeSpan.FromSeconds(30), Jitter = 0.2,
            AtStart = true, KeepAlive = TimeSpan.FromDays(7),
            MinimumRefreshInterval = TimeSpan.FromMinutes(1),
        });
        options.Resilience.Should().BeEquivalentTo(new TokenResilienceOptions
        {
            Timeout = TimeSpan.FromSeconds(10), Attempts = 2, ReuseGrace = TimeSpan.FromSeconds(5), PersistBudget = TimeSpan.FromSeconds(6),
            LeaseMargin = TimeSpan.FromSeconds(7), PersistRetryCap = TimeSpan.FromMilliseconds(100),
        });
        options.Seed.AccessToken.Should().Equal("a", "b");
        options.Seed.Lifetime.Should().Be("50d");
        (options.Seed.RefreshToken![0], options.Seed.Code![0], options.Seed.RedirectUri![0], options.Seed.CodeVerifier![0]).Should().Be(("r", "c", "u", "v"));
        options.Secret.Should().BeEquivalentTo(new TokenSecretOptions { Name = "n", Environment = "e", Locked = true, Grant = "g", Mark = "m", AccessTokens = StoredAccessTokens.Many });
        options.DangerousAllowHttpOnLoopback.Should().BeTrue();
    }

    [Theory]
    [InlineData("""{ "Scoop": "a" }""", "t:Scoop", "did you mean 'Scope'?")]
    [InlineData("""{ "Client": { "Identity": "a" } }""", "t:Client:Identity", "known here: Id, Secret")]
    [InlineData("""{ "Request": { "Steps": [ "a" ] } }""", "t:Request:Steps:0", "must be an object")]
    [InlineData("""{ "Freshness": { "Margin": "55" } }""", "t:Freshness:Margin", "'55'")]
    [InlineData("""{ "Freshness": { "Margin": "never" } }""", "t:Freshness:Margin", "unit")]
    [InlineData("""{ "Freshness": { "Jitter": "much" } }""", "t:Freshness:Jitter", "number")]
    [InlineData("""{ "Resilience": { "Attempts": "3.5" } }""", "t:Resilience:Attempts", "whole number")]
    [InlineData("""{ "Secret": { "Locked": "yes" } }""", "t:Secret:Locked", "true or false")]
    [InlineData("""{ "Grant": { "Type": "x" } }""", "t:Grant", "one text")]
    [InlineData("""{ "Grant": ["x"] }""", "t:Grant", "one text")]
    [InlineData("""{ "Client": "my-app" }""", "t:Client", "object")]
    [InlineData("""{ "Scope": { "a": "b" } }""", "t:Scope", "list of texts")]
    [InlineData("""{ "Request": { "Form": "a=b" } }""", "t:Request:Form", "name=template")]
    [InlineData("""{ "Request": { "Form": ["a"] } }""", "t:Request:Form:0", "name=template")]
    [InlineData("""{ "Request": { "Headers": { "urn:a": "b" } } }""", "t:Request:Headers:urn", "list of texts")]
    [InlineData("""{ "Response": { "Values": { "k": { "Secret": true } } } }""", "t:Response:Values:k", "Expression")]
    [InlineData("""{ "Failures": { "When": "status == 1" } }""", "t:Failures", "list")]
    [InlineData("""{ "Failures": [ { "When": "status == 1", "Is": "3" } ] }""", "t:Failures:0:Is", "Throttled")]
    [InlineData("""{ "BasicEncoding": "utf-7" }""", "t:BasicEncoding", "is 'utf-7' and must be one of form, raw")]
    [InlineData("""{ "Body": "1" }""", "t:Body", "is '1' and must be one of form, json, query")]
    [InlineData("""{ "Response": { "Format": "MHcCAQEEIs3cr3t/9+A==" } }""", "t:Response:Format", "is a text that is not shown here and must be one of json, form, xml, text")]
    [InlineData("""{ "Response": { "RefreshTokenRule": "KeepIfAbsent" } }""", "t:Response:RefreshTokenRule", "must be one of keep-if-absent, always-keep, replace, required")]
    [InlineData("""{ "Response": { "ExpiresInUnit": "min" } }""", "t:Response:ExpiresInUnit", "must be one of s, ms, m, h, d")]
    [InlineData("""{ "RequestWhen": "always" }""", "t:RequestWhen", "must be one of refresh-missing, refresh-missing-or-rejected, never")]
    [InlineData("""{ "Client": { "KeyFormat": "der" } }""", "t:Client:KeyFormat", "must be one of pem, jwk, pfx, hex, utf8")]
    [InlineData("""{ "Secret": { "AccessTokens": "some" } }""", "t:Secret:AccessTokens", "must be one of one, many")]
    public void What_cannot_be_read_is_a_fault_with_its_full_path(string json, string path, string says)
    {
        var options = Read($$"""{ "t": {{json}} }""", "t");

        options.ReadingFaults.Should().Contain(fault => fault.Path == path && fault.Problem.Contains(says, StringComparison.Ordinal), string.Join("\n", options.ReadingFaults));
        DefinitionCompiler.Compile("t", options).Faults.Should().Contain(options.ReadingFaults);
    }

    [Fact]
    public void An_empty_or_missing_section_names_its_path() =>
        Read("{}", "TokenRefresh:crm").ReadingFaults.Should().ContainSingle()
            .Which.ToString().Should().StartWith("TokenRefresh:crm: is missing or empty");

    [Fact]
    public void Keys_are_read_in_any_case() => Read("""{ "t": { "tokenendpoint": "x" } }""", "t").TokenEndpoint.Should().Equal("x");

    [Fact]
    public void A_list_keeps_its_order_beyond_ten() =>
        Read($$"""{ "t": { "Scope": [{{string.Join(",", Enumerable.Range(0, 12).Select(i => $"\"{i}\""))}}] } }""", "t").Scope
            .Should().Equal(Enumerable.Range(0, 12).Select(i => $"{i}"));

    [Fact]
    public void A_JSON_body_that_is_one_text_stays_one_text()
    {
        var options = Read("""{ "t": { "Request": { "Url": "https://a.example", "Json": "{ \"n\": ${number('1')} }" } } }""", "t");

        Compiled.Json(Compiled.Definition(options).Request!, new StubScope()).Should().Be("""{"n":1}""");
    }

    [Fact]
    public void An_empty_JSON_body_is_a_body() =>
        Read("""{ "t": { "Request": { "Url": "https://a.example", "Json": {} } } }""", "t").Request.Json!.ToJsonString().Should().Be("{}");

    private static TokenRefreshOptions Read(string json, string path)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var options = new TokenRefreshOptions();
        TokenRefreshOptionsReader.Read(configuration.GetSection(path), options);
        return options;
    }
}
