using System.Net;
using TokenKit.Definitions;

namespace TokenKit.Interop.Tests;

/// <summary>Who the client is, said in the ways of RFC 6749 section 2.3.1.</summary>
[Collection(InteropCollection.Name)]
public sealed class ClientAuthenticationTests(AuthorizationServerFixture fixture)
{
    /// <summary>Its id and secret hold characters that raw Basic and form-encoded Basic write differently.</summary>
    private const string Tricky = "tricky:id+%20 x";

    [InteropFact]
    public async Task Client_credentials_by_Basic_open_the_API()
    {
        var server = await fixture.StartAsync();
        await using var client = new TokenClient(server, "basic-only-cc", token => token.Grant = TokenGrants.ClientCredentials);

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);

        var request = (await server.TokenRequestsAsync()).Should().ContainSingle().Subject;
        request.Should().BeEquivalentTo(new { Grant = "client_credentials", Authentication = "basic", Client = "basic-only-cc", Outcome = "ok" });
        request.Parameters.Should().NotContain(["client_id", "client_secret"], "one request authenticates in one way");
    }

    [InteropFact]
    public async Task Client_credentials_by_post_open_the_API()
    {
        var server = await fixture.StartAsync();
        await using var client = new TokenClient(server, "post", token =>
        {
            token.Grant = TokenGrants.ClientCredentials;
            token.Authentication = ClientAuthenticationMethods.ClientSecretPost;
            token.Scope = "read";
        });

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);

        var request = (await server.TokenRequestsAsync()).Should().ContainSingle().Subject;
        request.Should().BeEquivalentTo(new { Grant = "client_credentials", Authentication = "post", Client = "post", Outcome = "ok" });
        request.Parameters.Should().BeEquivalentTo(["grant_type", "client_id", "client_secret", "scope"]);
    }

    [InteropFact]
    public async Task Reserved_characters_in_id_and_secret_arrive_by_form_encoded_Basic()
    {
        var server = await fixture.StartAsync();
        await using var client = new TokenClient(server, Tricky, token => token.Grant = TokenGrants.ClientCredentials);

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);

        (await server.TokenRequestsAsync()).Should().ContainSingle().Which.Should().BeEquivalentTo(new { Authentication = "basic", Client = Tricky, Outcome = "ok" });
    }

    [InteropFact]
    public async Task Reserved_characters_do_not_arrive_by_raw_Basic_and_the_grant_is_not_blamed()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, Tricky, token => token.BasicEncoding = BasicEncoding.Raw);

        var result = await client.Refresher.RefreshAsync();

        result.Failure!.Reason.Should().BeOneOf(RefreshFailureReason.RequestRejected, RefreshFailureReason.ClientRejected);
    }

    [InteropFact]
    public async Task Raw_Basic_opens_the_API_for_plain_credentials()
    {
        var server = await fixture.StartAsync();
        await using var client = new TokenClient(server, "basic", token =>
        {
            token.Grant = TokenGrants.ClientCredentials;
            token.BasicEncoding = BasicEncoding.Raw;
        });

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
    }

    [InteropFact]
    public async Task A_public_client_refreshes_without_a_secret()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "public", token => token.Authentication = ClientAuthenticationMethods.None);

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        (await client.Refresher.RefreshAsync()).Outcome.Should().Be(RefreshOutcome.Refreshed);

        var requests = await server.TokenRequestsAsync();
        requests.Should().HaveCount(2).And.OnlyContain(request => request.Outcome == "ok" && request.Authentication == "none" && request.Client == "public");
        requests[1].Parameters.Should().BeEquivalentTo(["grant_type", "refresh_token", "client_id"]);
    }

    [InteropFact]
    public async Task A_wrong_secret_is_the_client_s_fault_and_costs_the_person_nothing()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "basic", token => token.Client.Secret = "not-the-secret");

        var result = await client.Refresher.RefreshAsync();

        result.Failure!.Reason.Should().Be(RefreshFailureReason.ClientRejected);
        result.Failure.ErrorCode.Should().Be("invalid_client");
        result.Failure.Message.Should().NotContain("not-the-secret");
    }
}
