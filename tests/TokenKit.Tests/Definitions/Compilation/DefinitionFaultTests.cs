using System.Text.Json.Nodes;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;

namespace TokenKit.Tests;

/// <summary>What cannot work does not start, and the message says which property and what to write.</summary>
public sealed class DefinitionFaultTests
{
    private static readonly Dictionary<string, (Action<TokenRefreshOptions> Break, string Path, string Says)> OfClientCredentials = new()
    {
        ["unknown grant"] = (o => o.Grant = "password", "Grant", "'password'"),
        ["no endpoint"] = (o => o.TokenEndpoint = null, "TokenEndpoint", "missing"),
        ["empty endpoint"] = (o => o.TokenEndpoint = "", "TokenEndpoint", "missing"),
        ["http endpoint"] = (o => o.TokenEndpoint = "http://login.example.com/token", "TokenEndpoint", "https"),
        ["http host value"] = (o => { o.Params["h"] = "localhost"; o.DangerousAllowHttpOnLoopback = true; o.TokenEndpoint = "http://${param.h}/token"; }, "TokenEndpoint", "https"),
        ["fragment"] = (o => o.TokenEndpoint = "https://login.example.com/token#x", "TokenEndpoint", "fragment"),
        ["host from an answer"] = (o => o.TokenEndpoint = "${token.values.url}/token", "TokenEndpoint", "answer"),
        ["secret in the URL"] = (o => o.TokenEndpoint = "https://login.example.com/${secret.path}", "TokenEndpoint", "AllowSecretInUrl"),
        ["secret in the query"] = (o => o.Request.Query["k"] = "${client.secret}", "Request.Query.k", "AllowSecretInUrl"),
        ["no client id"] = (o => o.Client.Id = null, "Client.Id", "client_secret_basic"),
        ["no client secret"] = (o => o.Client.Secret = null, "Client.Secret", "none"),
        ["unknown authentication"] = (o => o.Authentication = "basic", "Authentication", "client_secret_basic"),
        ["unknown encoding"] = (o => o.BasicEncoding = (BasicEncoding)7, "BasicEncoding", "is 7 and must be one of Form, Raw"),
        ["unknown body"] = (o => o.Body = (GrantBody)(-1), "Body", "is -1 and must be one of Form, Json, Query"),
        ["two ways to authenticate"] = (o => o.Request.Headers["authorization"] = "x", "Request.Headers.authorization", "off"),
        ["header name"] = (o => o.Request.Headers["a b"] = "x", "Request.Headers.a…", "header"),
        ["transport header"] = (o => o.Request.Headers["Host"] = "x", "Request.Headers.Host", "transport"),
        ["transport header, connection"] = (o => o.Request.Headers["connection"] = "close", "Request.Headers.connection", "transport"),
        ["transport header of a call"] = (o => o.Placement.Headers["Host"] = "x", "Placement.Headers.Host", "transport"),
        ["transport header of a call, connection"] = (o => o.Placement.Headers["Connection"] = "close", "Placement.Headers.Connection", "transport"),
        ["header value"] = (o => o.Request.Headers["A"] = "x\r\ny", "Request.Headers.A", "ASCII"),
        ["JSON overlay of a form"] = (o => o.Request.Json = new JsonObject(), "Request.Json", "Body"),
        ["text overlay"] = (o => o.Request.Text = "x", "Request.Text", "Grant"),
        ["method"] = (o => o.Request.Method = "GE T", "Request.Method", "'GE T'"),
        ["GET with a form"] = (o => o.Request.Method = "GET", "Request.Method", "Query"),
        ["root without value"] = (o => o.Request.Form["x"] = "${body.x}", "Request.Form.x", "'body' has no value in a request"),
        ["root of later"] = (o => o.Request.Form["x"] = "${jwt.x}", "Request.Form.x", "jwt.x is not in Jwt"),
        ["unknown parameter"] = (o => { o.Params["shop"] = "1"; o.Request.Form["x"] = "${param.shpo}"; }, "Request.Form.x", "did you mean 'shop'?"),
        ["unparsable template"] = (o => o.Request.Form["x"] = "${secret}", "Request.Form.x", "character"),
        ["unparsable selector"] = (o => o.Response.AccessToken = "body access", "Response.AccessToken", "character 6"),
        ["no access token"] = (o => o.Response.AccessToken = Array.Empty<string>(), "Response.AccessToken", "empty"),
        ["unparsable success"] = (o => o.Response.Success = "status = 200", "Response.Success", "=="),
        ["request root in response"] = (o => o.Response.Scope = "request.path", "Response.Scope", "'request'"),
        ["format"] = (o => o.Response.Format = (ResponseFormat)9, "Response.Format", "Json, Form, Xml, Text"),
        ["rule"] = (o => o.Response.RefreshTokenRule = (RefreshTokenRule)99, "Response.RefreshTokenRule", "is 99 and must be one of KeepIfAbsent, AlwaysKeep, Replace, Required"),
        ["unit"] = (o => o.Response.ExpiresInUnit = (LifetimeUnit)5, "Response.ExpiresInUnit", "Seconds, Milliseconds, Minutes, Hours, Days"),
        ["duration format"] = (o => o.Response.ExpiresInFormat = "hh:xx", "Response.ExpiresInFormat", "'hh:xx'"),
        ["date format"] = (o => { o.Response.ExpiresAt = "body.x"; o.Response.ExpiresAtFormat = "%"; }, "Response.ExpiresAtFormat", "'%'"),
        ["date format without date"] = (o => o.Response.ExpiresAtFormat = "yyyy", "Response.ExpiresAtFormat", "missing"),
        ["value twice"] = (o => { o.Response.Values.Add("a", "body.a"); o.Response.Values.Add("A", "body.b"); }, "Response.Values.a", "case"),
        ["parameters by case"] = (o => { o.Params["a"] = "1"; o.Params["A"] = "2"; }, "Params.a", "case"),
        ["rule of what no answer means"] = (o => o.Failures.Add(new() { When = "status == 400", Is = RefreshFailureReason.StoreUnavailable }), "Failures[0].Is", "is StoreUnavailable, which no answer can mean; it is one of ReauthorizationRequired"),
        ["rule without condition"] = (o => o.Failures.Add(new() { Is = RefreshFailureReason.Throttled }), "Failures[0].When", "missing"),
        ["rule without reason"] = (o => o.Failures.Add(new() { When = "status == 1" }), "Failures[0].Is", "Throttled"),
        ["refresh endpoint"] = (o => o.RefreshEndpoint = "https://a.example", "RefreshEndpoint", "refresh_token"),
        ["request when"] = (o => o.RequestWhen = RequestWhen.Never, "RequestWhen", "missing"),
        ["unknown request when"] = (o => o.RequestWhen = (RequestWhen)3, "RequestWhen", "RefreshMissing, RefreshMissingOrRejected, Never"),
        ["unknown key format"] = (o => (o.Authentication, o.Client.Key, o.Client.KeyFormat) = (ClientAuthenticationMethods.PrivateKeyJwt, "k", (SigningKeyFormat)5), "Client.KeyFormat", "Pem, Jwk, Pfx, Hex, Utf8"),
        ["seed without use"] = (o => o.Seed.RefreshToken = "x", "Seed.RefreshToken", "RefreshRequest"),
        ["access token that nothing renews"] = (o => (o.Seed.AccessToken, o.Seed.Lifetime) = ("x", "1d"), "Seed.AccessToken", "secret.NAME"),
        ["code without refresh"] = (o => o.Seed.Code = "x", "Seed.Code", "refresh_token"),
        ["redirect without code"] = (o => o.Seed.RedirectUri = "https://a.example", "Seed.Code", "missing"),
        ["refresh without token"] = (o => o.RefreshRequest.Url = "https://a.example", "RefreshRequest", "nothing to refresh with"),
        ["blank secret name"] = (o => o.Secret.Name = " ", "Secret.Name", "blank"),
        ["unknown number of access tokens"] = (o => o.Secret.AccessTokens = (StoredAccessTokens)2, "Secret.AccessTokens", "One, Many"),
        ["blank environment"] = (o => o.Secret.Environment = "", "Secret.Environment", "blank"),
        ["no placement"] = (o => o.Placement.Header = "", "Placement.Header", "empty"),
        ["placement header"] = (o => o.Placement.Header = "X:Y", "Placement.Header", "'X…'"),
        ["placement header twice"] = (o => o.Placement.Headers["authorization"] = "x", "Placement.Headers.Authorization", "case"),
        ["placement content header"] = (o => o.Placement.Headers["Content-Language"] = "${token.access}", "Placement.Headers.Content-Language", "must not hold a token"),
        ["placement reads an answer"] = (o => o.Placement.Value = "${body.x}", "Placement.Value", "'body' has no value in Placement"),
        ["placement without value"] = (o => o.Placement.Value = Array.Empty<string>(), "Placement.Value", "empty"),
        ["base URL from an answer"] = (o => o.Placement.BaseUrl = "${token.values.url}", "Placement.AllowedOrigins", "missing"),
        ["token in the base URL"] = (o => { o.Placement.AllowedOrigins = "https://a.example"; o.Placement.BaseUrl = "https://a.example/${token.access}"; }, "Placement.BaseUrl", "token.values"),
        ["http base URL"] = (o => o.Placement.BaseUrl = "http://a.example", "Placement.BaseUrl", "https"),
        ["http origin"] = (o => o.Placement.AllowedOrigins = "http://a.example", "Placement.AllowedOrigins", "https"),
        ["wild origin"] = (o => o.Placement.AllowedOrigins = "https://*.com", "Placement.AllowedOrigins", "top-level"),
        ["no origin"] = (o => o.Placement.AllowedOrigins = "a.example", "Placement.AllowedOrigins", "origin"),
        ["signal status"] = (o => o.Placement.ExpirySignals = "99", "Placement.ExpirySignals", "'99'"),
        ["signal root"] = (o => o.Placement.ExpirySignals = "status == 200 && text == 'x'", "Placement.ExpirySignals", "'text'"),
        ["signal in any body"] = (o => o.Placement.ExpirySignals = "body.error == 'x'", "Placement.ExpirySignals", "names no status"),
        ["signal in some body"] = (o => o.Placement.ExpirySignals = "status == 200 || body.error == 'x'", "Placement.ExpirySignals", "names no status"),
        ["no share"] = (o => o.Freshness.RefreshAt = double.NaN, "Freshness.RefreshAt", "share"),
        ["share and margin"] = (o => { o.Freshness.RefreshAt = 0.5; o.Freshness.Margin = TimeSpan.FromMinutes(1); }, "Freshness", "RefreshAt and Margin"),
        ["margin before it is allowed"] = (o => { o.Freshness.NotBefore = TimeSpan.FromSeconds(30); o.Freshness.Margin = TimeSpan.FromMinutes(1); }, "Freshness.Margin", "NotBefore"),
        ["a longer life than the server gives early"] = (o => { o.Freshness.NotBefore = TimeSpan.FromSeconds(30); o.Freshness.MinimumValidity = TimeSpan.FromMinutes(1); }, "Freshness.MinimumValidity", "is 00:01:00, and the server allows no refresh while more than NotBefore (00:00:30) is left"),
        ["margin beyond the lifetime"] = (o => { o.Response.Lifetime = TimeSpan.FromMinutes(1); o.Freshness.Margin = TimeSpan.FromMinutes(1); }, "Freshness.Margin", "Lifetime"),
        ["period beyond the lifetime"] = (o => { o.Response.Lifetime = TimeSpan.FromMinutes(1); o.Freshness.Every = TimeSpan.FromMinutes(2); }, "Freshness.Every", "Lifetime"),
        ["period before it is allowed"] = (o => { o.Response.Lifetime = TimeSpan.FromHours(1); o.Freshness.NotBefore = TimeSpan.FromMinutes(5); o.Freshness.Every = TimeSpan.FromMinutes(50); }, "Freshness.Every", "00:55:00"),
        ["keep-alive before it is allowed"] = (o => { o.Response.Lifetime = TimeSpan.FromHours(1); o.Freshness.NotBefore = TimeSpan.FromMinutes(5); o.Freshness.KeepAlive = TimeSpan.FromMinutes(50); }, "Freshness.KeepAlive", "NotBefore"),
        ["period more often than allowed"] = (o => { o.Freshness.AtMostEvery = TimeSpan.FromHours(1); o.Freshness.Every = TimeSpan.FromMinutes(50); }, "Freshness.Every", "is 00:50:00, more often than AtMostEvery (01:00:00) allows"),
        ["keep-alive more often than allowed"] = (o => { o.Freshness.AtMostEvery = TimeSpan.FromHours(1); o.Freshness.KeepAlive = TimeSpan.FromMinutes(50); }, "Freshness.KeepAlive", "AtMostEvery"),
        ["jitter"] = (o => o.Freshness.Jitter = 0.6, "Freshness.Jitter", "is 0.6 and must be from 0 to 0.5"),
        ["timeout"] = (o => o.Resilience.Timeout = TimeSpan.Zero, "Resilience.Timeout", "is 00:00:00 and must be from 00:00:00.1000000 to 00:10:00"),
        ["attempts"] = (o => o.Resilience.Attempts = 0, "Resilience.Attempts", "is 0 and must be from 1 to 10"),
        ["retry cap"] = (o => o.Resilience.PersistRetryCap = TimeSpan.FromSeconds(20), "Resilience.PersistRetryCap", "PersistBudget"),
    };

    public static TheoryData<string> Names => [.. OfClientCredentials.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_definition_that_cannot_work_names_the_property_and_what_to_do(string name)
    {
        var (breakIt, path, says) = OfClientCredentials[name];
        var options = Compiled.ClientCredentials();
        breakIt(options);

        var faults = DefinitionCompiler.Compile("crm", options).Faults;

        faults.Should().Contain(fault => fault.Path == path && fault.Problem.Contains(says, StringComparison.Ordinal), string.Join("\n", faults));
    }

    private static readonly Dictionary<string, Action<TokenRefreshOptions>> WithSecrets = new()
    {
        ["base URL"] = o => o.Placement.BaseUrl = "https://u:s3cr3t@x/?k=s3cr3t",
        ["base URL in http"] = o => o.Placement.BaseUrl = "http://u:s3cr3t@x/?k=s3cr3t",
        ["base URL with a broken template"] = o => o.Placement.BaseUrl = "https://x/?k=s3cr3t${",
        ["endpoint with a fragment"] = o => o.TokenEndpoint = "https://x/?k=s3cr3t#s3cr3t",
        ["endpoint with user information"] = o => o.TokenEndpoint = "https://u:s3cr3t@x/",
        ["relative endpoint"] = o => o.TokenEndpoint = "u:s3cr3t@x/?k=s3cr3t",
        ["authority"] = o => { o.TokenEndpoint = null; o.Authority = "https://u:s3cr3t@x/?k=s3cr3t#s3cr3t"; },
        ["refresh endpoint"] = o => { o.Grant = TokenGrants.RefreshToken; o.RefreshEndpoint = "https://x/ ?k=s3cr3t"; },
        ["origin with a path"] = o => o.Placement.AllowedOrigins = "http://x/s3cr3t?k=s3cr3t",
        ["origin with user information"] = o => o.Placement.AllowedOrigins = "http://u:s3cr3t@x/",
        ["origin with a slash in the password"] = o => o.Placement.AllowedOrigins = "https://u:s3cr3t/s3cr3t@*x",
        ["origin with a missing parameter"] = o => o.Placement.AllowedOrigins = "https://${param.x}/?k=s3cr3t",
        ["header with a colon"] = o => o.Request.Headers["Authorization: Basic s3cr3t"] = "x",
        ["header with a colon and without a blank"] = o => o.Request.Headers["X-Key:s3cr3t"] = "x",
        ["field with a colon"] = o => o.Request.Form["password:s3cr3t"] = "${secret}",
        ["query with a colon"] = o => o.Placement.Query["key:s3cr3t"] = "${secret}",
        ["placement header with a colon"] = o => o.Placement.Headers["X-Key: s3cr3t"] = "x",
        ["placement value"] = o => o.Placement.Value = "Bearer s3cr3t${secret}",
        ["client secret"] = o => o.Client.Secret = "s3cr3t${secret}",
        ["header value"] = o => o.Request.Headers["X-Key"] = "s3cr3t\r\n",
        ["a secret in the place of a word"] = o => o.Authentication = "https://u:s3cr3t@x",
        ["base64 in the place of a word"] = o => o.Grant = "MHcCAQEEIs3cr3t/9+A==",
        ["a long key in the place of a word"] = o => o.Authentication = "sk_live_51H8x0s3cr3t9A7b",
        ["method"] = o => o.Request.Method = "GET https://x/?k=s3cr3t",
        ["duration format"] = o => o.Response.ExpiresInFormat = "k=s3cr3t",
    };

    public static TheoryData<string> NamesWithSecrets => [.. WithSecrets.Keys];

    [Theory]
    [MemberData(nameof(NamesWithSecrets))]
    public void A_fault_quotes_nothing_that_could_be_a_secret(string name)
    {
        var options = Compiled.ClientCredentials();
        WithSecrets[name](options);

        var faults = DefinitionCompiler.Compile("crm", options).Faults;

        faults.Should().NotBeEmpty();
        DefinitionFault.Describe("crm", faults).Should().NotContain("s3cr3t");
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        var options = Compiled.ClientCredentials();
        options.TokenEndpoint = "nonsense";
        options.Client.Id = null;
        options.Resilience.Attempts = 99;
        options.Placement.ExpirySignals = ["401", "status ="];

        Compiled.Faults(options).Select(fault => fault.Split(':')[0]).Should().BeEquivalentTo(
            "TokenEndpoint", "Client.Id", "Resilience.Attempts", "Placement.ExpirySignals");
    }

    [Fact]
    public void Nothing_at_all_says_what_is_missing() =>
        Compiled.Faults(new()).Should().ContainSingle().Which.Should().StartWith("Grant: is missing, and so are Request and RefreshRequest");

    [Theory]
    [InlineData("Form and Json")]
    public void A_spelt_out_request_has_one_body(string says) =>
        Compiled.Faults(Compiled.SpeltOut(request =>
        {
            request.Form["a"] = "b";
            request.Json = new JsonObject { ["a"] = "b" };
        })).Should().ContainSingle().Which.Should().Contain(says);

    [Fact]
    public void An_empty_JSON_body_beside_another_is_none() =>
        Compiled.Definition(Compiled.SpeltOut(request =>
        {
            request.Form["a"] = "b";
            request.Json = new JsonObject();
        })).Request!.Body.Should().BeOfType<BodyDefinition.Form>();

    [Fact]
    public void What_only_a_grant_uses_is_not_silently_without_effect()
    {
        var options = Compiled.SpeltOut();
        options.TokenEndpoint = "https://login.example.com";
        options.Scope = "a";
        options.Audience = "b";
        options.Resource = "c";
        options.Body = GrantBody.Json;

        Compiled.Faults(options).Select(fault => fault.Split(':')[0]).Should().Equal("TokenEndpoint", "Scope", "Audience", "Resource", "Body");
    }

    [Fact]
    public void Text_needs_its_type_and_post_cannot_go_into_it()
    {
        Compiled.Faults(Compiled.SpeltOut(request => request.Text = "x")).Should().ContainSingle().Which.Should().StartWith("Request.ContentType");
        Compiled.Faults(Compiled.SpeltOut(request => request.ContentType = "text/xml")).Should().ContainSingle().Which.Should().StartWith("Request.ContentType");
        var options = Compiled.SpeltOut(request =>
            (request.Text, request.ContentType, request.Authentication) = ("x", "text/plain", ClientAuthenticationMethods.ClientSecretPost));
        (options.Client.Id, options.Client.Secret) = ("a", "b");
        Compiled.Faults(options).Should().ContainSingle().Which.Should().StartWith("Request.Authentication");
    }

    [Fact]
    public void A_template_that_reads_a_client_nobody_named_is_a_fault() =>
        Compiled.Faults(Compiled.SpeltOut(request => request.Form["x"] = "${client.id}${client.secret}"))
            .Should().Equal("Client.Id: is missing; Request reads client.id", "Client.Secret: is missing; Request reads client.secret");

    [Fact]
    public void A_placement_that_reads_a_client_nobody_named_is_a_fault()
    {
        var options = Compiled.SpeltOut();
        options.Placement.Headers["X-Client"] = "${client.id}";

        Compiled.Faults(options).Should().Equal("Client.Id: is missing; Placement reads client.id");
    }

    [Fact]
    public void A_message_never_shows_a_secret_in_plain()
    {
        var options = Compiled.ClientCredentials();
        options.Client.Secret = "hunter2-${hunter3";
        options.Request.Form["password"] = "hunter2-${hunter3}";
        options.Seed.RefreshToken = "hunter2${";
        options.Request.Json = "{ \"a\": hunter2 }";

        var message = DefinitionFault.Describe("crm", DefinitionCompiler.Compile("crm", options).Faults);

        message.Should().Contain("Client.Secret").And.Contain("Request.Form.password").And.Contain("crm").And.NotContain("hunter");
    }
}
