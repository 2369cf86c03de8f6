using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TokenKit.Definitions.Tests;

/// <summary>The command <c>run</c>, as a process against a server on loopback.</summary>
public sealed class RunTests : IDisposable
{
    private const string SignIn = """
        {
          // A comment, as in any appsettings.json.
          "Params": { "tenant": "acme", "version": "v1" },
          "Request": {
            "Url": "https://${param.tenant}.crm.example/api/${param.version}/sign-in?format=json",
            "Json": { "name": "${secret.name}", "days": "${number(secret.days)}" }
          },
          "Response": {
            "AccessToken": "body.session.token", "RefreshToken": "body.session.renew", "ExpiresIn": "body.session.seconds",
            "Values": { "account": "body.account", "signing": { "Expression": "body.signing", "Secret": true } }
          },
        }
        """;

    private const string Refresh = """
        {
          "Grant": "refresh_token", "TokenEndpoint": "https://login.example/token",
          "Client": { "Id": "app", "Secret": "${secret.client}" }
        }
        """;

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_definition_is_run_against_a_server_on_loopback_and_prints_no_secret()
    {
        await using var server = new FakeServer((HttpStatusCode.OK, """
            {"session":{"token":"token-of-session","renew":"renew-1","seconds":"600"},"account":"acme-7","signing":"signing-secret"}
            """));

        var run = await ProgramRun.OfAsync(
            "run", _folder.Write("crm.json", SignIn), "--secrets", _folder.Write("secrets.json", """{"name":"jo","days":7}"""),
            "--base-url", server.Address, "--param", "version=v2");

        run.ExitCode.Should().Be(0, run.Errors);
        server.Requests.Should().Equal("""POST /api/v2/sign-in?format=json {"days":7,"name":"jo"}""");
        Text(run, "outcome").Should().Be("Refreshed");
        Text(run, "reason").Should().BeNull();
        Text(run, "access_token_sha256").Should().Be(Sha256("token-of-session"));
        Text(run, "refresh_token_sha256").Should().Be(Sha256("renew-1"));
        DateTimeOffset.Parse(Text(run, "expires_at")!, CultureInfo.InvariantCulture).Should().BeCloseTo(DateTimeOffset.UtcNow.AddSeconds(600), TimeSpan.FromMinutes(3));
        Text(run.Json["values"]!, "account").Should().Be("acme-7");
        Text(run.Json["values"]!, "signing").Should().Be($"sha256:{Sha256("signing-secret")}");
        (run.Output + run.Errors).Should().NotContainAny("token-of-session", "renew-1", "signing-secret");
    }

    [Fact]
    public async Task A_second_run_refreshes_with_what_the_first_one_stored()
    {
        await using var server = new FakeServer(
            (HttpStatusCode.OK, """{"access_token":"a1","token_type":"Bearer","expires_in":60,"refresh_token":"r1"}"""),
            (HttpStatusCode.OK, """{"access_token":"a2","token_type":"Bearer","expires_in":60}"""));
        string[] arguments =
        [
            "run", _folder.Write("app.json", Refresh), "--secrets", _folder.Write("secrets.json", """{"client":"c"}"""),
            "--base-url", server.Address, "--store", _folder.PathOf("store"), "--refresh-token-file", _folder.Write("token.txt", "r0\n"),
        ];

        var first = await ProgramRun.OfAsync(arguments);
        var second = await ProgramRun.OfAsync(arguments);

        (first.ExitCode, second.ExitCode).Should().Be((0, 0), first.Errors + second.Errors);
        server.Requests.Should().Equal(
            "POST /token grant_type=refresh_token&refresh_token=r0", "POST /token grant_type=refresh_token&refresh_token=r1");
        Text(second, "refresh_token_sha256").Should().Be(Sha256("r1"));
    }

    [Fact]
    public async Task A_secret_with_the_name_of_its_token_is_still_there_at_the_second_refresh_and_in_the_next_run()
    {
        await using var server = new FakeServer([.. Enumerable.Range(1, 3).Select(static number =>
            (HttpStatusCode.OK, $$"""{"access_token":"a{{number}}","token_type":"Bearer","expires_in":60}"""))]);
        string[] arguments =
        [
            "run",
            _folder.Write("crm.json", """
                { "Grant": "client_credentials", "TokenEndpoint": "https://login.example/token", "Client": { "Id": "app", "Secret": "${secret.crm}" } }
                """),
            "--secrets", _folder.Write("secrets.json", """{"crm":"c"}"""), "--base-url", server.Address, "--store", _folder.PathOf("store"),
        ];

        var first = await ProgramRun.OfAsync([.. arguments, "--times", "2"]);
        var second = await ProgramRun.OfAsync(arguments);

        (first.ExitCode, second.ExitCode).Should().Be((0, 0), first.Output + first.Errors + second.Output + second.Errors);
        server.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_refresh_that_fails_is_told_as_JSON_and_by_the_exit_code()
    {
        await using var server = new FakeServer((HttpStatusCode.BadRequest, """{"error":"invalid_grant"}"""));

        var run = await ProgramRun.OfAsync(
            "run", _folder.Write("app.json", Refresh), "--secrets", _folder.Write("secrets.json", """{"client":"c"}"""),
            "--base-url", server.Address, "--refresh-token-file", _folder.Write("token.txt", "r0"));

        run.ExitCode.Should().Be(1);
        Text(run, "outcome").Should().Be("Failed");
        Text(run, "reason").Should().Be("ReauthorizationRequired");
        Text(run, "error").Should().Be("invalid_grant");
        Text(run, "access_token_sha256").Should().BeNull();
        server.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task Every_fault_of_a_definition_is_listed_and_nothing_is_sent()
    {
        await using var server = new FakeServer((HttpStatusCode.OK, "{}"));
        var definition = _folder.Write("crm.json", """
            { "Request": { "Url": "https://crm.example/${param.tenat}", "Methode": "GET" }, "Params": { "tenant": "x" }, "Freshness": { "Margin": "5" } }
            """);

        var run = await ProgramRun.OfAsync("run", definition, "--base-url", server.Address);

        run.ExitCode.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Errors.Should().Contain("TokenRefresh:crm:Request:Methode").And.Contain("param.tenat").And.Contain("TokenRefresh:crm:Freshness:Margin");
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_whole_configuration_file_may_stand_in_for_a_definition()
    {
        await using var server = new FakeServer((HttpStatusCode.OK, """{"access_token":"a1","expires_in":60}"""));
        var file = _folder.Write("appsettings.json", """
            {
              "Logging": {}, "Secrets": { "pw": "from the file" },
              "TokenRefresh": {
                "one": { "Request": { "Url": "https://one.example/login", "Form": [ "z=1", "a=${secret.pw}", "a=2" ] } },
                "two": { "Request": { "Url": "https://two.example/login", "Method": "GET" } }
              }
            }
            """);

        var unnamed = await ProgramRun.OfAsync("run", file, "--base-url", server.Address);
        var named = await ProgramRun.OfAsync("run", file, "--base-url", server.Address, "--name", "one");

        unnamed.ExitCode.Should().Be(2);
        unnamed.Errors.Should().Contain("one, two");
        named.ExitCode.Should().Be(0, named.Errors);
        server.Requests.Should().Equal("POST /login z=1&a=from+the+file&a=2");
    }

    [Fact]
    public async Task An_authority_and_a_server_that_names_itself_in_its_place_agree()
    {
        await using var server = new FakeServer(
            (HttpStatusCode.OK, """{"issuer":"SERVERrealm","token_endpoint":"SERVERrealm/token"}"""),
            (HttpStatusCode.OK, """{"access_token":"a1","token_type":"Bearer","expires_in":60}"""));
        var definition = _folder.Write("sso.json", """
            { "Authority": "https://sso.example/realm", "Grant": "client_credentials", "Client": { "Id": "app", "Secret": "${secret.client}" } }
            """);

        var run = await ProgramRun.OfAsync(
            "run", definition, "--secrets", _folder.Write("secrets.json", """{"client":"c"}"""), "--base-url", server.Address);

        run.ExitCode.Should().Be(0, run.Output + run.Errors);
        server.Requests.Should().Equal("GET /realm/.well-known/openid-configuration", "POST /realm/token grant_type=client_credentials");
    }

    [Fact]
    public async Task A_token_that_needs_another_one_gets_it_from_the_same_server()
    {
        await using var server = new FakeServer(
            (HttpStatusCode.OK, """{"access_token":"login-1","expires_in":60}"""), (HttpStatusCode.OK, """{"access_token":"a1","expires_in":60}"""));
        var file = _folder.Write("appsettings.json", """
            {
              "TokenRefresh": {
                "login": { "Request": { "Url": "https://login.example/in" } },
                "api": { "Request": { "Url": "https://api.example/exchange", "Form": { "token": "${tokens.login.access}" } } }
              }
            }
            """);

        var run = await ProgramRun.OfAsync("run", file, "--base-url", server.Address, "--name", "api");

        run.ExitCode.Should().Be(0, run.Output + run.Errors);
        server.Requests.Should().Equal("POST /in", "POST /exchange token=login-1");
    }

    [Fact]
    public async Task A_server_that_names_itself_in_an_answer_is_among_the_origins_it_stands_for()
    {
        await using var server = new FakeServer(
            (HttpStatusCode.OK, """{"rest":"SERVERrest"}"""), (HttpStatusCode.OK, """{"access_token":"a1","expires_in":60}"""));
        var definition = _folder.Write("rest.json", """
            {
              "Request": {
                "AllowedOrigins": [ "https://*.rest.example" ],
                "Steps": [ { "Url": "https://auth.rest.example/where" }, { "Url": "${step[0].body.rest}/login" } ]
              }
            }
            """);

        var run = await ProgramRun.OfAsync("run", definition, "--base-url", server.Address);

        run.ExitCode.Should().Be(0, run.Output + run.Errors);
        server.Requests.Should().Equal("POST /where", "POST /rest/login");
    }

    [Fact]
    public async Task Two_definitions_that_need_each_other_are_refused()
    {
        var file = _folder.Write("appsettings.json", """
            {
              "TokenRefresh": {
                "one": { "Request": { "Url": "https://one.example/in", "Form": { "token": "${tokens.two.access}" } } },
                "two": { "Request": { "Url": "https://two.example/in", "Form": { "token": "${tokens.one.access}" } } }
              }
            }
            """);

        var run = await ProgramRun.OfAsync("run", file, "--name", "one");

        run.ExitCode.Should().Be(2, run.Output);
        run.Errors.Should().Contain("one").And.Contain("two");
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("run")]
    [InlineData("run", "no-such-file.json")]
    [InlineData("run", "x.json", "--base-ur", "https://a.example")]
    [InlineData("run", "x.json", "--base-url", "http://not-loopback.example")]
    public async Task A_command_line_that_cannot_be_used_is_explained(params string[] arguments)
    {
        var run = await ProgramRun.OfAsync(arguments);

        run.ExitCode.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Errors.Should().Contain("Usage:");
    }

    private static string? Text(ProgramRun run, string member) => Text(run.Json, member);

    private static string? Text(JsonNode json, string member) => json[member]?.GetValue<string>();

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
