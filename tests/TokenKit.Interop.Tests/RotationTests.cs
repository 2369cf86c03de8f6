using System.Net;
using TokenKit.Values;

namespace TokenKit.Interop.Tests;

/// <summary>A server that takes every refresh token once and kills the grant when one comes twice (RFC 9700 section 4.14.2).</summary>
[Collection(InteropCollection.Name)]
public sealed class RotationTests(AuthorizationServerFixture fixture)
{
    private const int Callers = 16;
    private const int Generations = 25;

    [InteropFact]
    public async Task Sixteen_callers_share_each_of_twenty_five_rotations()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "basic");
        await server.DelayAnswersAsync(milliseconds: 20, times: Generations * Callers);

        for (var generation = 1; generation <= Generations; generation++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => client.Refresher.RefreshAsync().AsTask()));

            results.Should().OnlyContain(result => result.Outcome == RefreshOutcome.Refreshed);
            results.Select(result => result.Token).Distinct().Should().ContainSingle("one flight serves them all");
            (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK, "generation {0} must work", generation);
        }

        var requests = await server.TokenRequestsAsync();
        requests.Should().HaveCount(Generations).And.OnlyContain(request => request.Outcome == "ok");
    }

    [InteropFact]
    public async Task Sixteen_callers_never_notice_that_tokens_expire_and_rotate()
    {
        // The provider counts in whole seconds, so a token of three seconds lives between two and three.
        var server = await fixture.StartAsync(new ServerSettings { AccessTokenLifetime = 3 });
        await using var client = await TokenClient.SeededAsync(server, "basic", token => token.Freshness.RefreshAt = 0.4);
        using var moment = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        var answers = await client.CallApiUntilAsync(Callers, moment.Token);

        answers.Should().OnlyContain(status => status == HttpStatusCode.OK);
        (await server.ApiAnswersAsync()).Keys.Should().Equal([200], "a token that is renewed ahead is never refused");
        var outcomes = await server.TokenOutcomesAsync();
        outcomes.Keys.Should().Equal("ok");
        outcomes["ok"].Should().BeInRange(4, 20);
    }

    [InteropFact]
    public async Task A_token_without_callers_expires_and_the_next_call_gets_a_new_one()
    {
        var server = await fixture.StartAsync(new ServerSettings { AccessTokenLifetime = 1 });
        await using var client = new TokenClient(server, "basic", token => token.Grant = TokenGrants.ClientCredentials);
        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        var first = await client.Tokens.GetTokenAsync();

        // A real server has a real clock; there is nothing to advance.
        await Task.Delay(TimeSpan.FromSeconds(1.2));

        client.Tokens.TryGetCached(out _).Should().BeFalse();
        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        (await client.Tokens.GetTokenAsync()).Should().NotBeSameAs(first);
    }

    [InteropFact]
    public async Task A_token_the_API_forgot_costs_sixteen_callers_one_refresh()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "basic");
        var token = await client.Tokens.GetTokenAsync();
        await server.ForgetAsync(token.Reveal());

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => client.CallApiAsync()));

        answers.Should().OnlyContain(status => status == HttpStatusCode.OK);
        (await server.TokenRequestsAsync()).Should().HaveCount(2).And.OnlyContain(request => request.Outcome == "ok");
    }

    [InteropFact]
    public async Task A_withdrawn_consent_costs_one_request_until_a_person_consents_again()
    {
        var server = await fixture.StartAsync();
        await using var client = new TokenClient(server, "basic", _ => { });
        var refreshToken = await server.IssueRefreshTokenAsync("basic");
        await client.Tokens.SeedAsync(new TokenSeed(refreshToken));
        await server.RevokeGrantAsync(refreshToken);

        for (var call = 0; call < 5; call++)
        {
            var refused = () => client.CallApiAsync();
            (await refused.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        }

        (await server.TokenRequestsAsync()).Should().ContainSingle().Which.Outcome.Should().Be("invalid_grant");
        (await server.ApiAnswersAsync()).Should().BeEmpty("no call leaves without its token");
        await client.Tokens.SeedAsync(new TokenSeed(await server.IssueRefreshTokenAsync("basic")));
        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
    }
}
