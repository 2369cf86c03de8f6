using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenKit.Language.Expressions;
using TokenKit.Source.Flight;

namespace TokenKit.Tests;

/// <summary>What the page of definitions does not show: what goes wrong, and in which order things happen.</summary>
public sealed class LanguageTests
{
    private const string Ok = "200\nContent-Type: application/json\n\n";

    [Fact]
    public async Task A_rotated_refresh_token_is_stored_before_the_next_step_leaves()
    {
        await using var host = new LanguageHost("""
            { "RefreshRequest": { "Steps": [
                { "Url": "https://login.example.com/renew", "Form": { "refresh_token": "${token.refresh}" } },
                { "Url": "https://login.example.com/session", "Form": { "id": "${step[0].body.id_token}" } } ] },
              "Seed": { "RefreshToken": "${secret.seed}" }, "Resilience": { "Attempts": 1 } }
            """, """{ "seed": "r-0" }""");
        host.Tokens.Then(Ok + """{"id_token":"i-1","refresh_token":"r-1"}""").Then("500");
        TokenSet? storedBeforeSecondStep = null;
        host.Tokens.BeforeAnswer = request => storedBeforeSecondStep ??= request == 2 ? host.StoredAsync().GetAwaiter().GetResult() : null;

        (await host.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.ServerError);
        storedBeforeSecondStep!.RefreshToken!.Reveal().Should().Be("r-1");
        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be("r-1", "a step that fails later does not cost the grant");
    }

    [Theory]
    [InlineData("body.refresh_token")]
    [InlineData("step[0].body.refresh_token")]
    public async Task A_refresh_token_of_a_step_that_cannot_be_read_as_a_whole_is_stored_all_the_same(string selector)
    {
        await using var host = new LanguageHost($$"""
            { "RefreshRequest": { "Steps": [
                { "Url": "https://login.example.com/renew", "Form": { "refresh_token": "${token.refresh}" } },
                { "Url": "https://login.example.com/session", "Form": { "id": "${step[0].body.id_token?}" } } ] },
              "Response": { "RefreshToken": "{{selector}}" },
              "Seed": { "RefreshToken": "${secret.seed}" }, "Resilience": { "Attempts": 1 } }
            """, """{ "seed": "r-0" }""");
        host.Tokens.Then(Ok + """{"id_token":"i-1","refresh_token":" r-1\n"}<!-- cached -->""").Then("500");

        await host.RefreshAsync();

        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be("r-1");
    }

    [Fact]
    public async Task An_earlier_step_that_fails_ends_the_exchange()
    {
        await using var host = new LanguageHost("""
            { "Request": { "Steps": [ { "Url": "https://login.example.com/a", "Form": { "x": "1" } }, { "Url": "https://login.example.com/b" } ] } }
            """);
        host.Tokens.Then("400\nContent-Type: application/json\n\n{\"error\":\"invalid_client\"}");

        var result = await host.RefreshAsync();

        result.Failure!.Reason.Should().Be(RefreshFailureReason.ClientRejected);
        host.Tokens.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData("https://a.auth.example.com", null)]
    [InlineData("https://evil.example.net", "AllowedOrigins")]
    [InlineData("http://a.auth.example.com", "https")]
    public async Task A_step_goes_only_to_origins_that_the_definition_allows(string origin, string? refusal)
    {
        await using var host = new LanguageHost("""
            { "Request": { "AllowedOrigins": [ "https://login.example.com", "https://*.auth.example.com" ], "Steps": [
                { "Url": "https://login.example.com/where", "Method": "GET" },
                { "Url": "${step[0].body.origin}/token", "Form": { "key": "${secret.key}" } } ] } }
            """, """{ "key": "k" }""");
        host.Tokens.Then(Ok + $$"""{"origin":"{{origin}}"}""").Then(Ok + """{"access_token":"t-1"}""");

        var result = await host.RefreshAsync();

        if (refusal is null)
        {
            result.Token!.Reveal().Should().Be("t-1");
        }
        else
        {
            result.Failure!.Message.Should().Contain(refusal);
            host.Tokens.Requests.Should().ContainSingle("nothing goes to an origin that an answer chose");
        }
    }

    [Fact]
    public void A_host_from_an_answer_needs_allowed_origins_at_start()
    {
        var options = Compiled.SpeltOut(request => request.Url = "https://${token.values.host}/token");
        options.Response.Values.Add("host", "body.host");

        Compiled.Faults(options).Should().ContainSingle().Which.Should().StartWith("Request.Url").And.Contain("Request.AllowedOrigins");
    }

    [Fact]
    public async Task A_signer_signs_token_requests_and_calls_by_path_and_time()
    {
        await using var host = new LanguageHost("""
            { "Request": { "Url": "https://login.example.com/token?a=1", "Form": { "key": "v" }, "Sign": "path-and-time" },
              "Placement": { "Sign": "path-and-time" } }
            """, configure: services => services.AddKeyedSingleton<IRequestSigner, PathAndTime>("path-and-time"));
        host.Tokens.Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        (await host.RefreshAsync()).Succeeded.Should().BeTrue();
        var call = await host.CallAsync();

        host.Tokens.Requests[0].Headers["X-Signature"].Should().Be(PathAndTime.Hash("/token", "key=v", host.Time.GetUtcNow()));
        host.Tokens.Requests[0].Body.Should().Be("key=v", "what the signer read is still there");
        call.Headers["X-Signature"].Should().Be(PathAndTime.Hash("/orders", "", host.Time.GetUtcNow()));
        call.Headers["Authorization"].Should().Be("Bearer t-1");
    }

    [Theory]
    [InlineData("throws", "threw")]
    [InlineData("moves", "changed where")]
    [InlineData("nobody", "No IRequestSigner")]
    public async Task A_signer_that_fails_sends_nothing_and_is_named(string signer, string says)
    {
        await using var host = new LanguageHost(
            $$"""{ "Request": { "Url": "https://login.example.com/token", "Sign": "{{signer}}" } }""",
            configure: services => services.AddKeyedSingleton<IRequestSigner>("throws", new BadSigner(_ => throw new InvalidOperationException("s3cret-key")))
                .AddKeyedSingleton<IRequestSigner>("moves", new BadSigner(request => request.RequestUri = new Uri("https://evil.example/"))));

        var failure = (await host.RefreshAsync()).Failure!;

        failure.Message.Should().Contain(says).And.Contain(signer).And.NotContain("s3cret-key");
        host.Tokens.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task An_assertion_source_brings_what_no_definition_can_say()
    {
        await using var host = new LanguageHost("""
            { "Grant": "urn:ietf:params:oauth:grant-type:jwt-bearer", "TokenEndpoint": "https://login.example.com/token", "Assertion": "${assertion.saml}" }
            """, configure: services => services.AddKeyedSingleton<IAssertionSource, Saml>("saml"));
        host.Tokens.Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        (await host.RefreshAsync()).Succeeded.Should().BeTrue();

        host.Tokens.Requests[0].Body.Should().EndWith("&assertion=saml-for-api");
    }

    [Fact]
    public async Task An_assertion_source_that_is_missing_is_said_before_anything_is_sent()
    {
        await using var host = new LanguageHost("""{ "Request": { "Url": "https://login.example.com/token", "Form": { "a": "${assertion.saml}" } } }""");

        (await host.RefreshAsync()).Failure!.Message.Should().Contain("IAssertionSource").And.Contain("saml");
        host.Tokens.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_token_that_another_needs_is_refreshed_first()
    {
        var order = new List<string>();
        await using var host = new LanguageHost("""
            { "Request": { "Url": "https://login.example.com/exchange", "Form": { "token": "${tokens.base.access}" } } }
            """, configure: services =>
        {
            var other = new ScriptedServer { BeforeAnswer = _ => order.Add("base") }.Then(Ok + """{"access_token":"b-1","token_type":"Bearer"}""");
            services.AddTokenRefresh("base", token => token.Request.Url = "https://login.example.com/base");
            services.AddHttpClient("tokenkit-base").ConfigurePrimaryHttpMessageHandler(() => other);
        });
        host.Tokens.BeforeAnswer = _ => order.Add("api");
        host.Tokens.Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        (await host.RefreshAsync()).Succeeded.Should().BeTrue();

        order.Should().Equal("base", "api");
        host.Tokens.Requests[0].Body.Should().Be("token=b-1");
    }

    [Fact]
    public async Task A_token_that_cannot_be_obtained_never_kills_the_grant_of_one_that_needs_it()
    {
        await using var host = new LanguageHost("""
            { "RefreshRequest": { "Url": "https://login.example.com/renew", "Form": { "r": "${token.refresh}", "b": "${tokens.base.access}" } },
              "Seed": { "RefreshToken": "r-0" } }
            """, configure: services =>
        {
            services.AddTokenRefresh("base", token => token.Request.Url = "https://login.example.com/base");
            services.AddHttpClient("tokenkit-base").ConfigurePrimaryHttpMessageHandler(
                () => new ScriptedServer().Then("400\nContent-Type: application/json\n\n{\"error\":\"consent_required\"}"));
        });

        var failure = (await host.RefreshAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        failure.Message.Should().Contain("'base'").And.Contain("ReauthorizationRequired");
        host.Tokens.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("b", "a", "'a' → 'b' → 'a'")]
    [InlineData("a", "a", "'a' → 'a'")]
    [InlineData("bb", "c", "did you mean 'b'?")]
    public async Task Tokens_that_need_each_other_or_nobody_stop_the_start(string aNeeds, string bNeeds, string says)
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh("a", token => Needs(token, aNeeds));
        services.AddTokenRefresh("b", token => Needs(token, bNeeds));
        await using var provider = services.BuildServiceProvider();
        var start = provider.GetServices<IHostedService>().OfType<IHostedLifecycleService>().First(service => service.GetType().Name == "StartupChecks");

        var starting = () => start.StartingAsync(CancellationToken.None);

        (await starting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain(says).And.NotContain("?.");

        static void Needs(TokenRefreshOptions token, string other) =>
            token.Request = new() { Url = "https://login.example.com/x", Form = { { "t", $"${{tokens.{other}.access}}" } } };
    }

    [Theory]
    [InlineData("${tokens.shop.values.idd}", "did you mean 'id'?")]
    [InlineData("${tokens.shop.values.region?}", "kept are id, name.")]
    [InlineData("${tokens.crm.values.id || 'none'}", "it keeps none: write Response.Values there.")]
    public async Task A_value_of_another_token_that_nothing_keeps_stops_the_start(string template, string says)
    {
        var path = template.Trim('$', '{', '}').Split('?', ' ')[0];
        var other = path.Split('.')[1];

        (await StartAsync(template)).Should().Be(
            $"Placement.Headers.X-Shop of the token 'api' reads {path}, and the definition of the token '{other}' keeps no such value; {says}");
        (await StartAsync("${tokens.shop.values.id}")).Should().BeEmpty();

        static Task<string> StartAsync(string template) => StartedProgram.FaultOfAsync(services =>
        {
            services.AddTokenRefresh("shop", static token =>
            {
                token.Request.Url = "https://login.example.com/shop";
                token.Response.Values.Add("id", "body.id");
                token.Response.Values.Add("name", "body.name");
            });
            services.AddTokenRefresh("crm", static token => token.Request.Url = "https://login.example.com/crm");
            services.AddTokenRefresh("api", token =>
            {
                token.Request.Url = "https://login.example.com/api";
                token.Placement.Headers["X-Shop"] = template;
            });
        });
    }

    [Fact]
    public async Task A_signer_or_an_assertion_source_that_nobody_registered_stops_the_start()
    {
        var services = new ServiceCollection();
        services.AddTokenRefresh("a", token => token.Request = new()
        {
            Url = "https://login.example.com/x", Sign = "hash", Form = { { "t", "${assertion.saml}" } },
        });
        await using var provider = services.BuildServiceProvider();
        var start = provider.GetServices<IHostedService>().OfType<IHostedLifecycleService>().First(service => service.GetType().Name == "StartupChecks");

        var starting = () => start.StartingAsync(CancellationToken.None);

        (await starting.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should()
            .Contain("'hash', and no IRequestSigner").And.Contain("assertion.saml, and no IAssertionSource");
    }

    [Theory]
    [InlineData("""{"issuer":"https://evil.example","token_endpoint":"https://login.example.com/token"}""", "another issuer")]
    [InlineData("""{"issuer":"https://login.example.com","token_endpoint":"https://evil.example/token"}""", "another origin")]
    [InlineData("""{"issuer":"https://login.example.com"}""", "no token_endpoint")]
    public async Task Metadata_that_does_not_fit_the_authority_is_not_used(string document, string says)
    {
        await using var host = new LanguageHost("""
            { "Grant": "client_credentials", "Authority": "https://login.example.com", "Client": { "Id": "a", "Secret": "${secret.s}" } }
            """, """{ "s": "x" }""");
        host.Tokens.Then(Ok + document);

        var failure = (await host.RefreshAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.AnswerRefused);
        failure.Message.Should().Contain(says);
        host.Tokens.Requests.Should().ContainSingle().Which.Method.Should().Be("GET");
    }

    [Fact]
    public async Task An_authority_without_the_one_document_may_have_the_other()
    {
        await using var host = new LanguageHost("""
            { "Grant": "client_credentials", "Authority": "https://login.example.com/t", "Client": { "Id": "a", "Secret": "${secret.s}" },
              "Request": { "AllowedOrigins": "https://tokens.example.com" } }
            """, """{ "s": "x" }""");
        host.Tokens.Then("404").Then(Ok + """{"issuer":"https://login.example.com/t","token_endpoint":"https://tokens.example.com/t"}""")
            .Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        (await host.RefreshAsync()).Succeeded.Should().BeTrue();

        host.Tokens.Requests.Select(request => request.Url).Should().Equal(
            "https://login.example.com/t/.well-known/openid-configuration",
            "https://login.example.com/.well-known/oauth-authorization-server/t",
            "https://tokens.example.com/t");
    }

    [Fact]
    public async Task A_spelt_out_request_without_a_body_sends_its_credentials_as_a_form()
    {
        await using var host = new LanguageHost("""
            { "Client": { "Id": "a", "Secret": "${secret.s}" }, "Request": { "Url": "https://login.example.com/t", "Authentication": "client_secret_post" } }
            """, """{ "s": "s" }""");
        host.Tokens.Then(Ok + """{"access_token":"t-1"}""");

        await host.RefreshAsync();

        host.Tokens.Requests.Single().Body.Should().Be("client_id=a&client_secret=s");
    }

    [Theory]
    [InlineData("form", "grant_type=client_credentials&app_id=a&client_secret=s")]
    [InlineData("json", """{"grant_type":"client_credentials","app_id":"a","client_secret":"s"}""")]
    [InlineData("query", "?grant_type=client_credentials&app_id=a&client_secret=s")]
    public async Task An_empty_value_in_the_overlay_takes_a_credential_s_field_away(string body, string expected)
    {
        await using var host = new LanguageHost($$"""
            { "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/t", "Body": "{{body}}", "Authentication": "client_secret_post",
              "Client": { "Id": "a", "Secret": "${secret.s}" },
              "Request": { "AllowSecretInUrl": true, "Form": [ "client_id=", "app_id=${client.id}" ] } }
            """, """{ "s": "s" }""");
        host.Tokens.Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        await host.RefreshAsync();

        var sent = host.Tokens.Requests.Single();
        (body == "query" ? new Uri(sent.Url).Query : sent.Body).Should().Be(expected);
    }

    [Fact]
    public async Task A_step_s_own_format_is_how_later_steps_read_it()
    {
        await using var host = new LanguageHost("""
            { "Request": { "Steps": [
                { "Url": "https://login.example.com/a", "Response": { "Format": "xml" } },
                { "Url": "https://login.example.com/b", "Form": { "id": "${step[0].body.login.session['$id']}" } } ] },
              "Response": { "Values": { "session": "step[0].body.login.session['$id']" } } }
            """);
        host.Tokens.Then("200\nContent-Type: text/plain\n\n<login><session id='s-1'/></login>").Then(Ok + """{"access_token":"t-1"}""");

        (await host.RefreshAsync()).Succeeded.Should().BeTrue();

        host.Tokens.Requests[1].Body.Should().Be("id=s-1");
        (await host.StoredAsync())!.Values["session"].Text.Should().Be("s-1");
    }

    [Theory]
    [InlineData("302\nSet-Cookie: sid=t-1; Path=/\nLocation: /home", "status == 302", null)]
    [InlineData("302\nLocation: /login?failed", "status == 302", RefreshFailureReason.AnswerRefused)]
    [InlineData("302\nSet-Cookie: sid=t-1\nLocation: /home", "status == 200", RefreshFailureReason.AnswerRefused)]
    [InlineData("302\nSet-Cookie: sid=t-1\nLocation: /home", null, RefreshFailureReason.AnswerRefused)]
    public async Task A_redirect_is_an_answer_where_the_definition_says_so_and_is_never_followed(
        string answer, string? success, RefreshFailureReason? refused)
    {
        var condition = success is null ? "" : $"\"Success\": \"{success}\", ";
        await using var host = new LanguageHost($$"""
            { "Request": { "Url": "https://login.example.com/in", "Form": { "user": "ann" } }, "Response": { {{condition}}"AccessToken": "cookie.sid" } }
            """);
        host.Tokens.Then(answer);

        var result = await host.RefreshAsync();

        result.Token?.Reveal().Should().Be(refused is null ? "t-1" : null);
        result.Failure?.Reason.Should().Be(refused);
        host.Tokens.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData("401", true)]
    [InlineData("403\nContent-Type: application/json\n\n{\"message\":\"session is over\"}", true)]
    [InlineData("400\nContent-Type: application/json\n\n{\"error\":\"expired\"}", true)]
    [InlineData("401\nContent-Type: application/json\n\n{\"error\":\"invalid_client\"}", false)]
    [InlineData("429", false)]
    public async Task A_refresh_that_is_rejected_without_a_word_about_the_grant_leads_to_the_other_way_in(string answer, bool expected)
    {
        await using var host = new LanguageHost("""
            { "Request": { "Url": "https://login.example.com/in", "Form": { "user": "ann" } },
              "RefreshRequest": { "Url": "https://login.example.com/renew", "Headers": { "Authorization": "Bearer ${token.access}" } },
              "RequestWhen": "refresh-missing-or-rejected" }
            """);
        host.Tokens.Then(Ok + """{"access_token":"t-1"}""").Then(answer).Then(Ok + """{"access_token":"t-2"}""");
        await host.RefreshAsync();

        var result = await host.RefreshAsync();

        host.Tokens.Requests.Select(request => new Uri(request.Url).AbsolutePath).Should().Equal(expected ? ["/in", "/renew", "/in"] : ["/in", "/renew"]);
        result.Succeeded.Should().Be(expected);
    }

    [Fact]
    public async Task Without_another_way_in_such_a_rejection_leaves_the_grant_alone()
    {
        await using var host = new LanguageHost("""
            { "RefreshRequest": { "Url": "https://login.example.com/renew", "Form": { "r": "${token.refresh}" } }, "Seed": { "RefreshToken": "${secret.seed}" } }
            """, """{ "seed": "r-0" }""");
        host.Tokens.Then("401").Then("401");

        (await host.RefreshAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.ClientRejected);
        (await host.StoredAsync())!.RefreshToken!.Reveal().Should().Be("r-0");
    }

    [Theory]
    [InlineData("""{ "Request": { "Url": "https://login.example.com/in" } }""", "User Access Token", true)]
    [InlineData("""{ "Request": { "Url": "https://login.example.com/in" } }""", "DPoP", false)]
    [InlineData("""{ "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/in", "Authentication": "none", "Client": { "Id": "a" } }""", "user", false)]
    [InlineData("""{ "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/in", "Authentication": "none", "Client": { "Id": "a" }, "Placement": { "Value": "Bearer ${token.access}" } }""", "user", true)]
    [InlineData("""{ "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/in", "Authentication": "none", "Client": { "Id": "a" }, "Placement": { "Value": "Bearer ${token.access}" } }""", "N_A", false)]
    public async Task A_definition_that_says_how_its_token_is_used_answers_for_the_type(string definition, string type, bool expected)
    {
        await using var host = new LanguageHost(definition);
        host.Tokens.Then($"{Ok}{{\"access_token\":\"t-1\",\"token_type\":\"{type}\"}}");

        (await host.RefreshAsync()).Failure?.Reason.Should().Be(expected ? null : RefreshFailureReason.TokenInvalid);
    }

    [Fact]
    public async Task A_base_URL_that_holds_the_subject_is_its_own_allowed_origin()
    {
        await using var host = new LanguageHost("""
            { "Request": { "Url": "https://login.example.com/${subject}" }, "Placement": { "BaseUrl": "https://${subject}.shops.example.com/v2" } }
            """);
        host.Tokens.Then(Ok + """{"access_token":"t-1"}""");
        using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client");
        using var message = new HttpRequestMessage(HttpMethod.Get, "https://acme.shops.example.com/v2/orders").SetTokenSubject("acme");
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, "https://other.shops.example.com/v2/orders").SetTokenSubject("acme");

        await client.SendAsync(message);
        var refused = async () => await client.SendAsync(elsewhere);

        host.Api.Requests.Single().Headers["Authorization"].Should().Be("Bearer t-1");
        (await refused.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("https://other.shops.example.com");
    }

    [Theory]
    [InlineData(null, "application/vnd.api+json")]
    [InlineData("text/csv", "text/csv")]
    public async Task A_placed_header_of_the_body_is_set_where_the_body_says_nothing(string? own, string expected)
    {
        await using var host = new LanguageHost("""
            { "Request": { "Url": "https://login.example.com/in" }, "Placement": { "Headers": { "Content-Type": "application/vnd.api+json" } } }
            """);
        host.Tokens.Then(Ok + """{"access_token":"t-1"}""");
        using var body = new ByteArrayContent([1]);
        if (own is not null)
        {
            body.Headers.ContentType = new(own);
        }

        (await host.CallAsync(HttpMethod.Post, body)).Headers["Content-Type"].Should().Be(expected);
        (await host.CallAsync()).Headers.Should().NotContainKey("Content-Type");
    }

    [Fact]
    public async Task A_key_that_cannot_be_used_is_not_blamed_on_an_optional_secret()
    {
        await using var host = new LanguageHost("""
            { "Jwt": { "a": { "Algorithm": "RS256", "Key": "${secret.key}", "Claims": { "scope": "${secret.none?}" } } },
              "Request": { "Url": "https://login.example.com/in", "Form": { "assertion": "${jwt.a}" } } }
            """, """{ "key": "no key at all" }""");

        (await host.RefreshAsync()).Failure!.Message.Should().Contain("its key").And.NotContain("secret.none");
    }

    [Theory]
    [InlineData("503", 3)]
    [InlineData("429\nRetry-After: 5", 1)]
    [InlineData("200\nContent-Type: application/json\n\n{\"issuer\":\"https://other.example\"}", 1)]
    public async Task Metadata_that_cannot_be_had_for_a_moment_costs_attempts_and_no_more(string answer, int requests)
    {
        await using var host = new LanguageHost("""
            { "Grant": "client_credentials", "Authority": "https://login.example.com", "Client": { "Id": "a", "Secret": "${secret.s}" } }
            """, """{ "s": "s" }""");
        host.Tokens.Then(answer).Then(answer).Then(answer).Then(answer);

        (await RefreshWithPausesAsync(host)).Succeeded.Should().BeFalse();
        host.Tokens.Requests.Should().HaveCount(requests).And.OnlyContain(request => request.Url.Contains("/.well-known/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_metadata_that_could_not_be_had_the_next_attempt_goes_on()
    {
        await using var host = new LanguageHost("""
            { "Grant": "client_credentials", "Authority": "https://login.example.com", "Client": { "Id": "a", "Secret": "${secret.s}" } }
            """, """{ "s": "s" }""");
        host.Tokens.Then("503")
            .Then(Ok + """{"issuer":"https://login.example.com","token_endpoint":"https://login.example.com/t"}""")
            .Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        (await RefreshWithPausesAsync(host)).Token!.Reveal().Should().Be("t-1");
    }

    [Fact]
    public async Task A_token_that_is_signed_for_each_call_says_which_call()
    {
        await using var host = new LanguageHost("""
            { "Jwt": { "call": { "Algorithm": "HS256", "Key": "${secret.key}", "Lifetime": "1m", "Claims": { "uri": "${concat(request.method, ' ', request.path)}" } } },
              "Response": { "AccessToken": "secret.key", "Lifetime": "never" },
              "Placement": { "Value": "Bearer ${jwt.call}" } }
            """, """{ "key": "k-1" }""");

        var first = (await host.CallAsync()).Headers["Authorization"];
        var second = (await host.CallAsync(HttpMethod.Put, path: "items")).Headers["Authorization"];

        Uri(first).Should().Be("GET /orders");
        Uri(second).Should().Be("PUT /items");
        host.Tokens.Requests.Should().BeEmpty();

        static string? Uri(string authorization) =>
            ExpressionParser.Parse("claim(split(body, ' ')[1], 'uri')")
                .Evaluate(new StubScope().With("body", null, authorization)).TryGetText(out var text) ? text : null;
    }

    [Fact]
    public async Task What_is_unwise_is_said_once()
    {
        await using var host = new LanguageHost("""
            { "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/token", "Client": { "Id": "a", "Secret": "in-plain" },
              "Request": { "Form": [ "app_password=in-plain", "role=reader" ] },
              "Placement": { "Query": { "t": "${token.access}" }, "Headers": { "Cookie": "sid=${token.access}" } } }
            """);
        host.Tokens.Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        await host.CallAsync();
        await host.CallAsync();

        var warnings = host.Logs.Entries.Where(entry => entry.Level == LogLevel.Warning && entry.EventId.Id is >= 1502 and <= 1504).ToArray();
        warnings.Select(entry => entry.EventId.Id).Should().BeEquivalentTo([1502, 1503, 1504]);
        warnings.Single(entry => entry.EventId.Id == 1502).Message.Should()
            .Contain("TokenRefresh:api:Client:Secret, TokenRefresh:api:Request:Form:0").And.NotContain("in-plain").And.NotContain("Form:1");
    }

    [Fact]
    public async Task In_development_a_secret_in_plain_configuration_is_nobody_s_business()
    {
        var environment = NSubstitute.Substitute.For<IHostEnvironment>();
        environment.EnvironmentName = "Development";
        await using var host = new LanguageHost(
            """{ "Grant": "client_credentials", "TokenEndpoint": "https://login.example.com/token", "Client": { "Id": "a", "Secret": "in-plain" } }""",
            configure: services => services.AddSingleton(environment));
        host.Tokens.Then(Ok + """{"access_token":"t-1","token_type":"Bearer"}""");

        (await host.RefreshAsync()).Succeeded.Should().BeTrue();

        host.Logs.Of(1502).Should().BeEmpty();
    }

    [Theory]
    [InlineData("${token.refresh || token.access}", null, "t-0", true)]
    [InlineData("${token.refresh || token.access}", "r-0", null, true)]
    [InlineData("${token.refresh || token.access}", null, null, false)]
    [InlineData("${token.refresh}", null, "t-0", false)]
    [InlineData("${token.refresh} ${token.access?}", "r-0", null, true)]
    public void A_refresh_request_is_used_when_what_it_cannot_do_without_is_there(string template, string? refresh, string? access, bool expected)
    {
        var options = Compiled.SpeltOut();
        options.RefreshRequest = new() { Url = "https://login.example.com/renew", Form = { { "t", template } } };
        var definition = Compiled.Definition(options);
        var stored = new TokenSet { RefreshToken = refresh is null ? null : new(refresh), AccessToken = access is null ? null : new(access) };

        ExchangeChoice.For(definition, stored).Should().BeSameAs(expected ? definition.RefreshRequest : definition.Request);
    }

    // The pauses between attempts are passed as soon as they begin; the deadline lies far beyond them.
    private static async Task<RefreshResult> RefreshWithPausesAsync(LanguageHost host)
    {
        var refresh = host.RefreshAsync();
        while (!refresh.IsCompleted)
        {
            if (host.Time.NextTimerIn is { } pause && pause < TimeSpan.FromSeconds(3))
            {
                host.Time.Advance(pause);
            }

            await Task.Yield();
        }

        return await refresh;
    }

    private sealed class PathAndTime : IRequestSigner
    {
        public static string Hash(string path, string body, DateTimeOffset now) => Convert.ToHexStringLower(
            HMACSHA256.HashData("signing-key"u8, Encoding.UTF8.GetBytes($"{path}|{body}|{now.ToUnixTimeSeconds()}")));

        public async ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            request.Headers.Add("X-Signature", Hash(request.RequestUri!.AbsolutePath, body, context.Now));
        }
    }

    private sealed class BadSigner(Action<HttpRequestMessage> sign) : IRequestSigner
    {
        public ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken)
        {
            sign(request);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Saml : IAssertionSource
    {
        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) =>
            new($"{context.Name}-for-{context.Key.Name}");
    }
}
