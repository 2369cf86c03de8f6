using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using TokenKit.Definitions;
using TokenKit.Definitions.Compilation;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>Each message by its whole text, as the person reads it whose program does not start.</summary>
public sealed class FaultTextTests
{
    [Theory]
    [InlineData("ClientId", "did you mean 'Client:Id'?")]
    [InlineData("client_id", "did you mean 'Client:Id'?")]
    [InlineData("ClientSecret", "did you mean 'Client:Secret'?")]
    [InlineData("client-secret", "did you mean 'Client:Secret'?")]
    [InlineData("Scopes", "did you mean 'Scope'?")]
    [InlineData("TokenUrl", "did you mean 'TokenEndpoint'?")]
    [InlineData("TokenUri", "did you mean 'TokenEndpoint'?")]
    [InlineData("AccessTokenUrl", "did you mean 'TokenEndpoint'?")]
    [InlineData("Url", "did you mean 'TokenEndpoint'? (Without a Grant: 'Request:Url'.)")]
    [InlineData("GrantType", "did you mean 'Grant'?")]
    [InlineData("grant_type", "did you mean 'Grant'?")]
    [InlineData("Issuer", "did you mean 'Authority'?")]
    [InlineData("ClientCredentials", "did you mean 'Client'?")]
    [InlineData("ClientCredentialStyle", "did you mean 'Authentication'?")]
    [InlineData("token_endpoint_auth_method", "did you mean 'Authentication'?")]
    [InlineData("PrivateKey", "did you mean 'Client:Key'?")]
    [InlineData("RefreshToken", "did you mean 'Seed:RefreshToken'?")]
    [InlineData("RedirectUri", "did you mean 'Seed:RedirectUri'?")]
    [InlineData("BaseAddress", "did you mean 'Placement:BaseUrl'?")]
    [InlineData("Headers", "did you mean 'Request:Headers'? (On calls of the API: 'Placement:Headers'.)")]
    [InlineData("Timeout", "did you mean 'Resilience:Timeout'?")]
    [InlineData("ExpiresIn", "did you mean 'Response:ExpiresIn'?")]
    [InlineData("Client:ClientId", "did you mean 'Id'?")]
    [InlineData("Client:client_secret", "did you mean 'Secret'?")]
    [InlineData("Client:Scope", "did you mean 'Scope' of the definition itself?")]
    [InlineData("Client:Scopes", "did you mean 'Scope' of the definition itself?")]
    [InlineData("Client:Url", "did you mean 'TokenEndpoint' of the definition itself?")]
    [InlineData("Client:Authentication", "did you mean 'Authentication' of the definition itself?")]
    [InlineData("Request:grant_type", "did you mean 'Form:grant_type'?")]
    [InlineData("Request:client_id", "did you mean 'Form:client_id'?")]
    [InlineData("Request:Scope", "did you mean 'Form:scope'?")]
    [InlineData("Request:username", "did you mean 'Form:username'?")]
    [InlineData("Request:ClientId", "did you mean 'Form:client_id'?")]
    [InlineData("Request:Timeout", "did you mean 'Resilience:Timeout' of the definition itself?")]
    [InlineData("Request:Uri", "did you mean 'Url'?")]
    [InlineData("Response:access_token", "did you mean 'AccessToken'?")]
    [InlineData("Placement:Url", "did you mean 'BaseUrl'?")]
    [InlineData("Scoop", "did you mean 'Scope'?")]
    public void A_key_as_other_libraries_and_RFCs_spell_it_is_told_where_it_belongs(string key, string says)
    {
        var options = Read($"{key}=x");

        options.ReadingFaults.Select(static fault => fault.ToString()).Should().Equal($"t:{key}: is not a known key; {says}");
    }

    [Fact]
    public void A_secret_as_one_text_is_the_clients() =>
        Texts(Read("Secret=x", "Grant=client_credentials", "TokenEndpoint=https://login.example.com/token", "Client:Id=a", "Client:Secret=b"))
            .Should().Equal("- 't:Secret': must be an object with keys, not one text; the client's secret is 'Client:Secret'.");

    [Fact]
    public void Sentences_after_a_path_are_set_off_and_end_once()
    {
        var options = Read(
            "Grant=client_credentials", "TokenEndpoint=https://login.example.com/token", "Client:Id=a", "Client:Secret=${scret.a}", "Scoop=a", "Freshness:RefreshAt=75%");

        DefinitionFault.Describe("crm", DefinitionCompiler.Compile("crm", options).Faults).ReplaceLineEndings("\n").Should().Be("""
            The definition of the token 'crm' cannot work: 3 faults.
            - 't:Freshness:RefreshAt': is '75%' and must be a number such as 0.75.
            - 't:Scoop': is not a known key; did you mean 'Scope'?
            - 'Client.Secret': there is no value of this name (did you mean 'secret'?); texts stand in single quotes (at character 3); a '${' that is part of the value itself is written '$${'.
            """);
    }

    [Theory]
    [InlineData("1,5", "is '1,5' and must be a number such as 0.75")]
    [InlineData("12.5%", "is '12.5%' and must be a number such as 0.125")]
    [InlineData("much", "is 'much' and must be a number such as 0.75")]
    public void A_share_that_is_no_number_is_shown_one(string written, string says) =>
        Read($"Freshness:Jitter={written}").ReadingFaults.Select(static fault => fault.Problem).Should().Equal(says);

    [Theory]
    [InlineData("${token.values.shopp}", "token.values.shopp is kept by no Values of a response; did you mean 'shop'?")]
    [InlineData("${token.values.Shop}", "token.values.Shop is kept by no Values of a response; did you mean 'shop'?")]
    [InlineData("${token.values.warehouse?}", "token.values.warehouse is kept by no Values of a response; kept are region, shop")]
    [InlineData("${token.values.region || token.values['she op']}", "token.values['she op'] is kept by no Values of a response; did you mean 'shop'?")]
    [InlineData("${lower(token.values.shopp)}", "token.values.shopp is kept by no Values of a response; did you mean 'shop'?")]
    public void A_value_of_an_answer_that_nothing_keeps_is_a_fault(string template, string says)
    {
        var options = Compiled.ClientCredentials();
        options.Response.Values.Add("shop", "body.shop");
        options.Response.Values.Add("region", "body.region");
        options.Placement.Headers["X-Shop"] = template;

        Texts(options).Should().Equal($"- 'Placement.Headers.X-Shop': {says}{(says.EndsWith('?') ? "" : ".")}");
    }

    [Fact]
    public void A_value_of_an_answer_where_nothing_keeps_any_is_told_the_key()
    {
        var options = Compiled.RefreshToken();
        options.RefreshRequest.Json = null;
        options.RefreshRequest.Form["shop"] = "${token.values.shop}";

        Texts(options).Should().Equal("- 'RefreshRequest.Form.shop': token.values.shop is kept by nothing; write Response.Values, such as \"shop\": \"body.shop\".");
    }

    [Fact]
    public void A_value_that_any_response_of_the_definition_keeps_is_no_fault()
    {
        var options = Compiled.RefreshToken();
        options.RefreshRequest.Response = new() { Values = { { "shop", "body.shop" } } };
        options.RefreshRequest.Json = null;
        options.Placement.Headers["X-Shop"] = "${token.values.shop}";

        Texts(options).Should().BeEmpty();
    }

    [Theory]
    [InlineData("another's record")]
    [InlineData("locked")]
    [InlineData("code")]
    public void A_value_that_somebody_else_may_keep_is_no_fault(string who)
    {
        var options = Compiled.ClientCredentials();
        options.Placement.Headers["X-Shop"] = "${token.values.shop}";
        switch (who)
        {
            case "another's record":
                options.Secret.Name = "shop";
                break;
            case "locked":
                options.Secret.Locked = true;
                break;
            default:
                options.IsMappedByCode = true;
                break;
        }

        Texts(options).Should().BeEmpty();
    }

    [Theory]
    [InlineData("Form", "Request.Steps[1].Form.x", "step[1] has no answer yet when step 1 is sent; there is step[0]")]
    [InlineData("Json", "Request.Steps[1].Json.a[0].x", "step[1] has no answer yet when step 1 is sent; there is step[0]")]
    [InlineData("Third", "Request.Steps[2].Form.x", "step[7] has no answer yet when step 2 is sent; there are step[0] to step[1]")]
    [InlineData("Map", "Response.Scope", "step[2] is no answer of an earlier step; there are step[0] to step[1]")]
    [InlineData("Own map", "Request.Steps[0].Response.Success", "step[1] is no answer of an earlier step; there is step[0]")]
    public void An_answer_that_has_not_come_yet_is_a_fault(string where, string path, string says)
    {
        var options = new TokenRefreshOptions
        {
            Request =
            {
                Steps =
                {
                    new() { Url = "https://login.example.com/a" }, new() { Url = "https://login.example.com/b" }, new() { Url = "https://login.example.com/c" },
                },
            },
        };
        switch (where)
        {
            case "Form":
                options.Request.Steps[1].Form["x"] = "${step[1].body.a}";
                break;
            case "Json":
                options.Request.Steps[1].Json = new JsonObject { ["a"] = new JsonArray(new JsonObject { ["x"] = "${step[1].body.a}" }) };
                break;
            case "Third":
                options.Request.Steps[2].Form["x"] = "${step[1].body.a}${step[7].body.a?}";
                break;
            case "Map":
                options.Response.Scope = "step[2].body.scope";
                break;
            default:
                options.Request.Steps[0].Response = new() { Success = "step[1].status == 200" };
                break;
        }

        Texts(options).Should().Equal($"- '{path}': {says}.");
    }

    [Fact]
    public void An_answer_of_an_earlier_step_where_there_are_no_steps_is_a_fault()
    {
        var options = Compiled.SpeltOut();
        options.Response.AccessToken = "step[0].body.token";

        Texts(options).Should().Equal("- 'Response.AccessToken': step[0] is no answer of an earlier step; the request has no Steps.");
    }

    [Fact]
    public void A_map_that_two_requests_share_may_read_the_steps_of_one()
    {
        var options = Compiled.SpeltOut();
        options.Request = new() { Steps = { new() { Url = "https://login.example.com/a" }, new() { Url = "https://login.example.com/b" } } };
        options.RefreshRequest = new() { Url = "https://login.example.com/r", Form = { { "t", "${token.refresh}" } } };
        options.Response.AccessToken = ["step[0].body.token", "body.token"];

        Texts(options).Should().BeEmpty();
    }

    private static readonly Dictionary<string, (Action<TokenRefreshOptions> Break, string Text)> Unplaceable = new()
    {
        ["parameter in a host"] = (o => { o.Params["tenant"] = "a b"; o.TokenEndpoint = "https://${param.tenant}.example.com/t"; },
            "'TokenEndpoint': cannot be written; param.tenant: is not a part of a host: letters, digits and '-' between dots."),
        ["parameter that is a whole URL"] = (o => { o.Params["base"] = "api.example.com"; o.Placement.BaseUrl = "${param.base}/v1"; },
            "'Placement.BaseUrl': cannot be written; param.base: is not a whole URL that begins with https://."),
        ["parameter that is a port"] = (o => { o.Params["port"] = "https"; o.TokenEndpoint = "https://login.example.com:${param.port}/t"; },
            "'TokenEndpoint': cannot be written; param.port: is not a port from 1 to 65535."),
        ["literal in a host"] = (o => o.TokenEndpoint = "https://${'a b'}.example.com/t",
            "'TokenEndpoint': cannot be written; a literal: is not a part of a host: letters, digits and '-' between dots."),
        ["parameter in a header"] = (o => { o.Params["who"] = "Jürgen"; o.Placement.Headers["X-Who"] = "${param.who} ${token.access}"; },
            "'Placement.Headers.X-Who': cannot be written; param.who: holds a control character or one outside ASCII, which a header must not carry."),
        ["parameter in a cookie"] = (o => { o.Params["sid"] = "a;b"; o.Request.Headers["Cookie"] = "sid=${param.sid}"; },
            "'Request.Headers.Cookie': cannot be written; param.sid: holds ';', which would begin another cookie (RFC 6265 section 4.2.1)."),
        ["literal at the end of a header"] = (o => o.Request.Headers["X-A"] = "a ",
            "'Request.Headers.X-A': cannot be written; the header value begins or ends with a blank, which is lost on the way."),
        ["parameter of a function"] = (o => { o.Params["n"] = "x"; o.Request.Form["n"] = "${number(param.n)}"; },
            "'Request.Form.n': cannot be written; number: was given a text that is not a number."),
        ["parameter of a function in JSON"] = (o => { o.Params["n"] = "x"; o.Body = GrantBody.Json; o.Request.Json = new JsonObject { ["a"] = new JsonArray("${number(param.n)}") }; },
            "'Request.Json.a[0]': cannot be written; number: was given a text that is not a number."),
        ["parameter that is a URL of plain http"] = (o => { o.Params["base"] = "http://api.example.com"; o.Placement.BaseUrl = "${param.base}/v1"; },
            "'Placement.BaseUrl': cannot be written; param.base: begins with http://; only https:// is safe beyond this machine."),
        ["parameter with a dot segment"] = (o => { o.Params["v"] = ".."; o.Placement.BaseUrl = "https://api.example.com/${param.v}"; },
            "'Placement.BaseUrl': cannot be written; the URL: a segment of its path is '.' or '..'."),
        ["parameter beside what comes later"] = (o => { o.Params["sid"] = "a\nb"; o.Request.Headers["X-A"] = "${secret.a}${param.sid}"; },
            "'Request.Headers.X-A': cannot be written; param.sid: holds a control character or one outside ASCII, which a header must not carry."),
        ["JSON value with half a surrogate pair"] = (o => { o.Body = GrantBody.Json; o.Request.Json = JsonNode.Parse("""{ "a": "\ud800" }"""); },
            "'Request.Json.a': the text holds half of a surrogate pair, which no encoding can carry."),
        ["JSON name with half a surrogate pair"] = (o => { o.Body = GrantBody.Json; o.Request.Json = new JsonObject { ["\ud800"] = "a" }; },
            "'Request.Json': a name holds half of a surrogate pair, which no encoding can carry."),
        ["JSON text with half a surrogate pair"] = (o => { o.Body = GrantBody.Json; o.Request.Json = """{ "a": "\ud800" }"""; },
            "'Request.Json': the text holds half of a surrogate pair, which no encoding can carry (at character 1)."),
        ["JSON value that is no number"] = (o => { o.Body = GrantBody.Json; o.Request.Json = new JsonObject { ["a"] = double.NaN }; },
            "'Request.Json.a': the JSON tree holds a value that JSON cannot, such as an infinite number."),
        ["JSON claims with half a surrogate pair"] = (o => { o.Jwt["j"] = new() { Key = "${secret.k}", Algorithm = "HS256", Claims = JsonNode.Parse("""{ "a": "\ud800" }""") }; },
            "'Jwt.j.Claims.a': the text holds half of a surrogate pair, which no encoding can carry."),
        ["origin with a bad IDN"] = (o => o.Placement.AllowedOrigins = "https://xn--\u00fc.example.com",
            "'Placement.AllowedOrigins': 'https://xn--\u00fc.example.com' is not an origin; write it as https://api.example.com or https://api.example.com:8443."),
        ["origins that are all left out"] = (o => o.Placement.AllowedOrigins = ["https://${param.x?}", "https://${param.y?}"],
            "'Placement.AllowedOrigins': leaves no origin; the optional parameters of all its entries are missing."),
    };

    public static TheoryData<string> UnplaceableNames => [.. Unplaceable.Keys];

    [Theory]
    [MemberData(nameof(UnplaceableNames))]
    public void What_is_known_at_start_and_cannot_stand_in_its_place_is_a_fault(string name)
    {
        var (breakIt, text) = Unplaceable[name];
        var options = Compiled.ClientCredentials();
        breakIt(options);

        Texts(options).Should().Equal($"- {text}");
    }

    [Fact]
    public void A_parameter_that_code_resolves_is_not_judged_by_its_literal()
    {
        var options = Compiled.ClientCredentials();
        options.Params["tenant"] = "chosen later";
        options.ResolvedParams.Add("tenant");
        options.TokenEndpoint = "https://${param.tenant}.example.com/t";

        Texts(options).Should().BeEmpty();
    }

    [Fact]
    public void An_origin_with_an_optional_parameter_that_is_missing_is_left_out()
    {
        var options = Compiled.ClientCredentials();
        options.Placement.AllowedOrigins = ["https://${param.extra?}", "https://api.example.com"];

        Compiled.Definition(options).Placement.AllowedOrigins.Select(static pattern => pattern.Host).Should().Equal("api.example.com");
    }

    [Fact]
    public void An_exception_that_options_provoke_is_a_fault_and_no_exception()
    {
        var options = Compiled.ClientCredentials();
        options.Failures.Add(null!);

        Texts(options).Should().ContainSingle().Which.Should().Be(
            "- 'Definition': could not be compiled (NullReferenceException); please report this as a fault of TokenKit, with the definition and without its secrets.");
    }

    private static string[] Texts(TokenRefreshOptions options) =>
        [.. DefinitionFault.Describe("crm", DefinitionCompiler.Compile("crm", options).Faults).ReplaceLineEndings("\n").Split('\n')[1..]];

    private static TokenRefreshOptions Read(params string[] pairs)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(pairs.Select(
            static pair => KeyValuePair.Create($"t:{pair[..pair.IndexOf('=')]}", (string?)pair[(pair.IndexOf('=') + 1)..]))).Build();
        var options = new TokenRefreshOptions();
        TokenRefreshOptionsReader.Read(configuration.GetSection("t"), options);
        return options;
    }
}
