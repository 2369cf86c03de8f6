using System.Buffers.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Refresh.Request;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>What a check puts in the place of keys, certificates and tokens that nobody gave.</summary>
public sealed class StandInTests
{
    private const string Tokens = """[{ "body": { "access_token": "a", "expires_in": 60 } }]""";

    [Theory]
    [InlineData("RS256", null)]
    [InlineData("PS512", "pem")]
    [InlineData("RS256", "jwk")]
    [InlineData("RS256", "pfx")]
    [InlineData("ES256", null)]
    [InlineData("ES384", "jwk")]
    [InlineData("ES512", "pfx")]
    [InlineData("HS256", null)]
    [InlineData("HS512", "hex")]
    [InlineData("HS384", "jwk")]
    [InlineData(null, null)]
    public async Task A_key_is_made_of_the_kind_that_the_definition_asks_for(string? algorithm, string? format)
    {
        var check = await CheckAsync(Tokens, new()
        {
            ["Jwt:own:Algorithm"] = algorithm,
            ["Jwt:own:Key"] = "${secret.key}",
            ["Jwt:own:KeyFormat"] = format,
            ["Jwt:own:Claims:iss"] = "me",
            ["Request:Url"] = "https://api.example/login",
            ["Request:Form:assertion"] = "${jwt.own}",
        });

        check.Succeeded.Should().BeTrue(check.ToString());
        var header = check.Refreshes[0].Requests[0].Content!.Reveal()["assertion=".Length..].Split('.')[0];
        JsonNode.Parse(Base64Url.DecodeFromChars(header))!["alg"]!.ToString().Should().Be(algorithm ?? "RS256");
    }

    [Fact]
    public async Task A_client_certificate_is_made_and_the_program_s_own_is_left_alone()
    {
        using var provider = Provider(new()
        {
            ["Request:Url"] = "https://api.example/login",
            ["Client:Certificate"] = "${secret.certificate}",
        });

        var check = await provider.GetRequiredService<ITokenDefinitions>().CheckAsync("crm", RecordedAnswers.Parse(Tokens));

        check.Succeeded.Should().BeTrue(check.ToString());
        provider.GetKeyedService<ClientCertificates>("crm")?.Current.Should().BeNull();
    }

    [Fact]
    public async Task Another_registration_s_token_is_not_asked_for()
    {
        using var provider = Provider(
            new()
            {
                ["Request:Url"] = "https://api.example/exchange",
                ["Request:Headers:Authorization"] = "Bearer ${tokens.other.access}",
            },
            services =>
            {
                services.AddTokenRefresh("other", token => token.Request.Url = "https://other.example/login");
                services.AddHttpClient("tokenkit-other").ConfigurePrimaryHttpMessageHandler(
                    () => throw new InvalidOperationException("A check sends nothing."));
            });

        var check = await provider.GetRequiredService<ITokenDefinitions>().CheckAsync("crm", RecordedAnswers.Parse(Tokens));

        check.Succeeded.Should().BeTrue(check.ToString());
        check.Refreshes[0].Requests[0].Headers.Single(header => header.Key == "Authorization").Value.Reveal()
            .Should().Be("Bearer stand-in-for-the-token-other");
    }

    [Fact]
    public async Task A_request_of_several_steps_takes_several_answers_in_one_refresh()
    {
        var check = await CheckAsync("""[{ "body": { "code": "c" } }, { "body": { "access_token": "a", "expires_in": 60 } }]""", Steps);

        check.Succeeded.Should().BeTrue(check.ToString());
        check.Refreshes.Should().ContainSingle().Which.Exchange.Should().Be("Request");
        check.Refreshes[0].Requests.Select(request => request.Content?.Reveal()).Should().Equal(null, "code=c");
    }

    [Fact]
    public void The_steps_of_a_request_are_explained_one_by_one()
    {
        using var provider = Provider(Steps);

        var explanation = provider.GetRequiredService<ITokenDefinitions>().Explain("crm");

        explanation.Requests.Select(request => $"{request.Section} {request.Url}").Should().Equal(
            "Request.Steps[0] https://api.example/begin", "Request.Steps[1] https://api.example/end");
        explanation.Requests[1].Form[0].Value.Should().Be("${step[0].body.code}");
    }

    [Fact]
    public async Task A_token_that_is_made_locally_is_explained_and_checked_without_answers()
    {
        using var provider = Provider(new() { ["Response:AccessToken"] = "hmacsha256(secret.key, 'x', 'hex')", ["Response:Lifetime"] = "1h" });
        var definitions = provider.GetRequiredService<ITokenDefinitions>();

        var check = await definitions.CheckAsync("crm", []);

        check.Succeeded.Should().BeTrue(check.ToString());
        check.Refreshes[0].Requests.Should().BeEmpty();
        definitions.Explain("crm").ToString().Should().Contain("nothing is sent: the token is made here");
    }

    [Fact]
    public void An_authority_is_explained_as_what_it_publishes()
    {
        using var provider = Provider(new()
        {
            ["Authority"] = "https://sso.example/realm",
            ["Grant"] = "client_credentials",
            ["Client:Id"] = "app",
            ["Client:Key"] = "${secret.key}",
            ["Authentication"] = "private_key_jwt",
        });

        var request = provider.GetRequiredService<ITokenDefinitions>().Explain("crm").Requests[0];

        request.Url.Should().Contain("https://sso.example/realm");
        request.Authentication.Should().Be("private_key_jwt");
    }

    private static Dictionary<string, string?> Steps => new()
    {
        ["Request:Steps:0:Url"] = "https://api.example/begin",
        ["Request:Steps:0:Method"] = "GET",
        ["Request:Steps:1:Url"] = "https://api.example/end",
        ["Request:Steps:1:Form:0"] = "code=${step[0].body.code}",
    };

    private static async Task<DefinitionCheck> CheckAsync(string answers, Dictionary<string, string?> definition)
    {
        using var provider = Provider(definition);
        return await provider.GetRequiredService<ITokenDefinitions>().CheckAsync("crm", RecordedAnswers.Parse(answers));
    }

    private static ServiceProvider Provider(Dictionary<string, string?> definition, Action<IServiceCollection>? more = null)
    {
        var written = definition.Where(pair => pair.Value is not null).ToDictionary(pair => $"TokenRefresh:crm:{pair.Key}", pair => pair.Value);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(written).Build();
        var services = new ServiceCollection();
        services.AddTokenRefresh("crm", configuration.GetSection("TokenRefresh:crm"));
        more?.Invoke(services);
        return services.BuildServiceProvider();
    }
}
