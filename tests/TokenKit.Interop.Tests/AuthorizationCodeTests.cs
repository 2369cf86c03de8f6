using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace TokenKit.Interop.Tests;

/// <summary>A person signed in a moment ago, and the program starts with what the redirect brought.</summary>
[Collection(InteropCollection.Name)]
public sealed class AuthorizationCodeTests(AuthorizationServerFixture fixture)
{
    private const string Verifier = "a-code-verifier-of-more-than-forty-three-characters";

    [InteropFact]
    public async Task A_code_is_redeemed_once_and_refreshes_follow()
    {
        var server = await fixture.StartAsync();
        var (code, redirectUri) = await server.IssueCodeAsync("public", Challenge(Verifier));
        await using var client = new TokenClient(server, "public", token =>
        {
            token.Authentication = ClientAuthenticationMethods.None;
            token.Seed.Code = code;
            token.Seed.RedirectUri = redirectUri;
            token.Seed.CodeVerifier = Verifier;
        });

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        (await client.Refresher.RefreshAsync()).Outcome.Should().Be(RefreshOutcome.Refreshed);
        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);

        var requests = await server.TokenRequestsAsync();
        requests.Select(request => (request.Grant, request.Outcome)).Should().Equal(("authorization_code", "ok"), ("refresh_token", "ok"));
        requests[0].Parameters.Should().BeEquivalentTo(["grant_type", "code", "redirect_uri", "code_verifier", "client_id"]);
    }

    [InteropFact]
    public async Task A_code_with_the_wrong_verifier_needs_the_person_again()
    {
        var server = await fixture.StartAsync();
        var (code, redirectUri) = await server.IssueCodeAsync("basic", Challenge(Verifier));
        await using var client = new TokenClient(server, "basic", token =>
        {
            token.Seed.Code = code;
            token.Seed.RedirectUri = redirectUri;
            token.Seed.CodeVerifier = "another-verifier-of-more-than-forty-three-characters";
        });

        var refused = () => client.CallApiAsync();

        (await refused.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        (await server.ApiAnswersAsync()).Should().BeEmpty();
    }

    [InteropFact]
    public async Task A_refresh_token_from_configuration_is_used_once_and_rotates_from_there()
    {
        var server = await fixture.StartAsync();
        var refreshToken = await server.IssueRefreshTokenAsync("basic");
        await using var client = new TokenClient(server, "basic", token => token.Seed.RefreshToken = refreshToken);

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        (await client.Refresher.RefreshAsync()).Outcome.Should().Be(RefreshOutcome.Refreshed);

        (await server.TokenRequestsAsync()).Should().HaveCount(2).And.OnlyContain(request => request.Outcome == "ok");
    }

    private static string Challenge(string verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
}
