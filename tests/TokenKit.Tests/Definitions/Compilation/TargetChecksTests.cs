namespace TokenKit.Tests;

/// <summary>A scope or a resource that no server of the standard takes does not start.</summary>
public sealed class TargetChecksTests
{
    [Theory]
    [InlineData("orders.read orders:write https://api.example.com/.default {x} a,b ~")]
    [InlineData("${param.scope} ${secret.scope}")]
    public void A_scope_of_visible_ASCII_is_taken(string scope) => Faults(options => options.Scope = scope).Should().BeEmpty();

    [Theory]
    [InlineData("[\"a\", \"b\"]", "the character \"")]
    [InlineData("a\\b", "the character \\")]
    [InlineData("a\tb", "the character U+0009")]
    [InlineData("lés", "the character U+00E9")]
    [InlineData("${param.odd} ${secret.scope}", "the character \"")]
    public void A_scope_with_a_character_that_none_may_hold_stops_the_start(string scope, string says) =>
        Faults(options => options.Scope = scope).Should().ContainSingle().Which.Should().StartWith("Scope: holds " + says).And.Contain("RFC 6749 section 3.3");

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("urn:example:orders")]
    [InlineData("api://orders")]
    [InlineData("${param.resource}/orders")]
    [InlineData("https://${secret.host}/")]
    [InlineData("${secret.resource}")]
    public void A_resource_that_is_an_absolute_URI_is_taken(string resource) => Faults(options => options.Resource = resource).Should().BeEmpty();

    [Theory]
    [InlineData("/orders", "is no absolute URI")]
    [InlineData("orders", "is no absolute URI")]
    [InlineData("//api.example.com", "is no absolute URI")]
    [InlineData("https:", "is no absolute URI")]
    [InlineData("00000003-0000-0000-c000-000000000000", "is no absolute URI")]
    [InlineData("/${secret.path}", "is no absolute URI")]
    [InlineData("https://api.example.com/#orders", "has a fragment")]
    [InlineData("${param.resource}#x", "has a fragment")]
    [InlineData("https://api.example.com/my orders", "holds characters that no URI may")]
    public void A_resource_that_is_none_stops_the_start(string resource, string says) =>
        Faults(options => options.Resource = resource).Should().ContainSingle().Which.Should().StartWith("Resource: " + says).And.Contain("RFC");

    [Fact]
    public void What_is_spelt_out_in_the_request_is_the_servers_own() =>
        Faults(options =>
        {
            options.Request.Form["resource"] = "00000003-0000-0000-c000-000000000000";
            options.Request.Form["scope"] = "\"all\"";
        }).Should().BeEmpty();

    [Fact]
    public void A_secret_with_an_opening_in_it_is_told_how_it_is_written()
    {
        var faults = Faults(options =>
        {
            options.Client.Secret = "pa${ss";
            options.Request.Form["pin"] = "1${2";
        });

        faults.Should().HaveCount(2).And.OnlyContain(fault => fault.EndsWith("a '${' that is part of the value itself is written '$${'", StringComparison.Ordinal));
        faults.Should().NotContain(fault => fault.Contains("pa${ss", StringComparison.Ordinal));
        Faults(options => options.Client.Secret = "pa$${ss").Should().BeEmpty();
    }

    [Fact]
    public void A_secret_with_an_opening_in_a_JSON_body_is_told_how_it_is_written() =>
        Compiled.Faults(Compiled.SpeltOut(request => request.Json = new System.Text.Json.Nodes.JsonObject { ["password"] = "pa${ss" }))
            .Should().ContainSingle().Which.Should().StartWith("Request.Json.password").And.EndWith("is written '$${'");

    private static string[] Faults(Action<TokenRefreshOptions> configure)
    {
        var options = Compiled.ClientCredentials();
        options.Params["scope"] = "orders";
        options.Params["odd"] = "\"";
        options.Params["resource"] = "https://api.example.com";
        configure(options);
        return Compiled.Faults(options);
    }
}
