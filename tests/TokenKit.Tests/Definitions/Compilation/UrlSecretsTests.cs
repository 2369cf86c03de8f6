using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>What of an answer may stand in the URL of a token request.</summary>
public sealed class UrlSecretsTests
{
    [Theory]
    [InlineData("${step[0].body.endpoint}/token")]
    [InlineData("https://${step[0].body.region}.auth.example.com/token")]
    [InlineData("https://${step[0].cookie.node}.auth.example.com/token")]
    [InlineData("https://login.example.com/challenges/${step[0].body.challenge_id}/answer")]
    [InlineData("https://login.example.com/token?nonce=${step[0].body.data.nonce}&status=${step[0].status}")]
    [InlineData("https://login.example.com/${step[0].header['X-Region']}/token")]
    public void What_an_answer_names_and_nothing_calls_a_secret_may_stand_in_the_URL_of_a_step(string url) =>
        Faults(url).Should().BeEmpty();

    [Theory]
    [InlineData("https://login.example.com/${step[0].body.access_token}", "step[0].body.access_token")]
    [InlineData("https://login.example.com/?t=${sha256(step[0].body.refresh_token, 'hex')}", "step[0].body.refresh_token")]
    [InlineData("https://login.example.com/?all=${step[0].text}", "step[0].text")]
    [InlineData("https://login.example.com/?all=${step[0].body.pair.key}", "step[0].body.pair.key")]
    [InlineData("https://login.example.com/?t=${step[0].body.sessionToken}", "step[0].body.sessionToken")]
    [InlineData("https://login.example.com/?s=${step[0].cookie.sid}", "step[0].cookie.sid")]
    [InlineData("https://${step[0].body.access_token}.example.com/", "step[0].body.access_token")]
    [InlineData("https://${secret.host}.example.com/", "secret.host")]
    [InlineData("https://${step[0].body.region}.example.com/${client.secret}", "client.secret")]
    public void A_token_a_cookie_or_a_secret_in_the_URL_of_a_step_stops_the_start(string url, string what) =>
        Faults(url, step => step.Response = new() { Values = { { "key", "body.pair", true } } })
            .Should().ContainSingle().Which.Should().StartWith("Request.Steps[1].Url").And.Contain($"puts {what} into a URL").And.Contain("Request.Steps[1].AllowSecretInUrl");

    [Fact]
    public void What_only_sounds_like_a_secret_is_none_where_the_step_maps_it_as_a_value()
    {
        Faults("https://login.example.com/${step[0].body.session}").Should().ContainSingle().Which.Should().Contain("Response.Values of that step");
        Faults("https://login.example.com/${step[0].body.session}", step => step.Response = new() { Values = { { "session", "body.session" } } })
            .Should().BeEmpty();
    }

    [Fact]
    public void What_the_last_response_takes_for_the_token_is_a_secret_of_its_step()
    {
        var options = Steps("https://login.example.com/${step[0].body.grant_id}");
        Compiled.Faults(options).Should().BeEmpty();

        options.Response.AccessToken = "step[0].body.grant_id";

        Compiled.Faults(options).Should().ContainSingle().Which.Should().Contain("puts step[0].body.grant_id");
    }

    [Fact]
    public void A_kept_value_stands_in_a_URL_unless_it_is_mapped_as_a_secret()
    {
        var options = Compiled.SpeltOut(request => request.Query["account"] = "${token.values.account}");
        options.Response.Values.Add("account", "body.account");
        Compiled.Faults(options).Should().BeEmpty();

        var secret = Compiled.SpeltOut(request => request.Query["account"] = "${token.values.account}");
        secret.Response.Values.Add("account", "body.account", isSecret: true);
        Compiled.Faults(secret).Should().ContainSingle().Which.Should().StartWith("Request.Query.account").And.Contain("puts token.values.account");
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "Request.Query.account of the token 'api' puts tokens.shop.values.id into a URL, where proxies and servers write it into logs; set AllowSecretInUrl of that request if the server knows no other way.")]
    public async Task A_value_of_another_token_stands_in_a_URL_unless_it_is_a_secret_there(bool isSecret, string fault)
    {
        var found = await StartedProgram.FaultOfAsync(services =>
        {
            services.AddTokenRefresh("shop", token =>
            {
                token.Request.Url = "https://login.example.com/shop";
                token.Response.Values.Add("id", "body.id", isSecret);
            });
            services.AddTokenRefresh("api", static token =>
            {
                token.Request.Url = "https://login.example.com/api";
                token.Request.Query["account"] = "${tokens.shop.values.id}";
            });
        });

        found.Should().Be(fault);
    }

    [Fact]
    public void The_host_that_an_answer_names_asks_for_allowed_origins_alone()
    {
        var options = Steps("${step[0].body.endpoint}/token");
        options.Request.AllowedOrigins = null;

        Compiled.Faults(options).Should().ContainSingle().Which.Should().Contain("AllowedOrigins").And.NotContain("AllowSecretInUrl");
    }

    private static string[] Faults(string url, Action<TokenRequestOptions>? first = null) => Compiled.Faults(Steps(url, first));

    private static TokenRefreshOptions Steps(string url, Action<TokenRequestOptions>? first = null)
    {
        var options = new TokenRefreshOptions { Client = { Id = "my-app", Secret = "${secret.crm-client-secret}" } };
        options.Request.AllowedOrigins = "https://*.example.com";
        options.Request.Steps.Add(new() { Url = "https://login.example.com/begin" });
        first?.Invoke(options.Request.Steps[0]);
        options.Request.Steps.Add(new() { Url = url });
        return options;
    }
}
