using Microsoft.Extensions.DependencyInjection;

namespace TokenKit.Tests;

/// <summary>An API key is placed without a token that an exchange makes.</summary>
public sealed class PlacedAloneTests
{
    [Theory]
    [InlineData("""{ "Placement": { "Header": "X-Api-Key", "Value": "${secret.api-key}" } }""", "X-Api-Key", "k-1")]
    [InlineData("""{ "Placement": { "Value": "Bearer ${secret.api-key}" } }""", "Authorization", "Bearer k-1")]
    [InlineData("""{ "Client": { "Id": "my-app" }, "Placement": { "Value": "Basic ${base64(client.id, ':', secret.api-key)}" } }""", "Authorization", "Basic bXktYXBwOmstMQ==")]
    [InlineData("""{ "Placement": { "Header": "", "Headers": { "X-Sign": "${hmacsha256(secret.api-key, request.path, 'hex')}" } } }""", "X-Sign", "*")]
    public async Task A_placement_that_reads_no_token_needs_no_request(string definition, string header, string value)
    {
        await using var host = new LanguageHost(definition, """{ "api-key": "k-1" }""");

        (await host.CallAsync()).Headers[header].Should().Match(value);

        host.Tokens.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task The_key_that_a_header_holds_is_the_token_and_does_not_end()
    {
        await using var host = new LanguageHost("""{ "Placement": { "Header": "X-Api-Key", "Value": "${secret.api-key}" } }""", """{ "api-key": "k-1" }""");

        var token = await host.Services.GetRequiredKeyedService<ITokenSource>(LanguageHost.Name).GetTokenAsync();

        (token.Reveal(), token.ExpiresAt).Should().Be(("k-1", DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task A_key_that_no_header_could_hold_as_it_is_may_be_read_by_a_placement()
    {
        await using var host = new LanguageHost("""{ "Placement": { "Value": "Basic ${base64(secret.api-key)}" } }""", """{ "api-key": "k 1" }""");

        (await host.CallAsync()).Headers["Authorization"].Should().Be("Basic ayAx");
    }

    [Fact]
    public void A_placement_that_reads_a_token_needs_a_way_to_one()
    {
        Action<TokenRefreshOptions>[] needing =
        [
            static _ => { },
            static options => options.Placement.Headers["X-Api-Key"] = "${secret.key}",
            static options => (options.Placement.Value, options.Placement.Query["t"]) = ("Bearer ${secret.key}", "${token.access}"),
            static options => (options.Placement.Header, options.Placement.Headers["X-Key"]) = ("", "${sha256(token.access, 'hex')}"),
        ];
        foreach (var configure in needing)
        {
            var options = new TokenRefreshOptions();
            configure(options);

            Compiled.Faults(options).Should().ContainSingle().Which.Should().StartWith("Grant: is missing").And.Contain("API key");
        }
    }

    [Fact]
    public void An_endpoint_beside_it_is_no_leftover_that_goes_unnoticed() =>
        Compiled.Faults(new TokenRefreshOptions { TokenEndpoint = "https://login.example.com/token", Placement = { Value = "Bearer ${secret.key}" } })
            .Should().Contain(fault => fault.StartsWith("Grant: is missing", StringComparison.Ordinal));
}
