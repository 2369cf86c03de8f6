using System.Net;
using TokenKit.Values;

namespace TokenKit.Interop.Tests;

/// <summary>
/// The server did its work and the answer got lost: nobody knows whether the refresh token was rotated, and here it was.
/// A second use is safe inside the server's grace alone: elsewhere it may end the access token that still works.
/// </summary>
[Collection(InteropCollection.Name)]
public sealed class LostAnswerTests(AuthorizationServerFixture fixture)
{
    private const string Lost = "fault_after_drop";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [InteropFact]
    public async Task Inside_the_grace_the_request_is_repeated_at_once_and_nothing_is_lost()
    {
        var server = await fixture.StartAsync(new ServerSettings { ReuseGrace = 30 });
        await using var client = await TokenClient.SeededAsync(server, "basic", token => token.Resilience.ReuseGrace = TimeSpan.FromSeconds(30));
        await client.Tokens.GetTokenAsync();

        for (var round = 0; round < 5; round++)
        {
            await server.DropAnswersAsync();

            (await client.Refresher.RefreshAsync()).Outcome.Should().Be(RefreshOutcome.Refreshed);
            (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        }

        var requests = await server.TokenRequestsAsync();
        requests.Select(request => request.Outcome).Should().Equal(["ok", .. Enumerable.Repeat(new[] { Lost, "ok" }, 5).SelectMany(pair => pair)]);
        requests.Should().NotContain(request => request.IsReuse);
    }

    [InteropFact]
    public async Task Without_grace_the_token_that_still_works_is_served_and_nothing_is_sent_a_second_time()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "basic");
        var token = await client.Tokens.GetTokenAsync();
        await server.DropAnswersAsync();

        var result = await client.Refresher.RefreshAsync();

        result.Outcome.Should().Be(RefreshOutcome.Failed);
        result.Failure!.IsAmbiguous.Should().BeTrue("{0}", result);
        (await client.Tokens.GetTokenAsync()).Should().BeSameAs(token);
        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        (await server.TokenRequestsAsync()).Select(request => request.Outcome).Should().Equal("ok", Lost);
    }

    [InteropFact]
    public async Task Without_grace_asking_again_does_not_kill_the_token_that_still_works()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "basic");
        await client.Tokens.GetTokenAsync();
        await server.DropAnswersAsync();
        await client.Refresher.RefreshAsync();

        var again = await client.Refresher.RefreshAsync();

        again.Outcome.Should().Be(RefreshOutcome.Failed, "a strict server would answer a second use by killing the grant");
        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);
        (await server.TokenRequestsAsync()).Select(request => request.Outcome).Should().Equal("ok", Lost);
    }

    [InteropFact]
    public async Task Without_grace_one_late_retry_is_the_only_second_use_a_strict_server_ever_sees()
    {
        var lifetime = TimeSpan.FromSeconds(8);
        var server = await fixture.StartAsync(new ServerSettings { AccessTokenLifetime = (int)lifetime.TotalSeconds });
        await using var client = await TokenClient.SeededAsync(server, "basic", token => token.Freshness.RefreshAt = 0.3);
        await client.Tokens.GetTokenAsync();
        await server.DropAnswersAsync();

        using var moment = new CancellationTokenSource(Patience);
        var callsThatWorked = 0;
        TokenRefreshException? end = null;
        while (end is null && !moment.IsCancellationRequested)
        {
            try
            {
                (await client.CallApiAsync()).Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.Unauthorized);
                callsThatWorked++;
                await Task.Delay(TimeSpan.FromMilliseconds(20)); // a caller has other things to do, too
            }
            catch (TokenRefreshException exception)
            {
                end = exception;
            }
        }

        end.Should().NotBeNull("the grant is dead within {0}", Patience);
        end!.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        callsThatWorked.Should().BePositive();
        var requests = await server.TokenRequestsAsync();
        requests.Select(request => request.Outcome).Should().Equal("ok", Lost, "invalid_grant");
        requests.Should().ContainSingle(request => request.IsReuse);
        (requests[2].At - requests[0].At).Should().BeGreaterThan(lifetime / 2, "until shortly before it expires, the token that works is served");

        await client.Invoking(one => one.CallApiAsync()).Should().ThrowAsync<TokenRefreshException>();
        (await server.TokenRequestsAsync()).Should().HaveCount(3, "a dead grant costs no further request");
    }

    [InteropFact]
    public async Task Without_grace_and_without_a_token_one_retry_at_once_finds_out()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "basic");
        await server.DropAnswersAsync();

        for (var call = 0; call < 3; call++)
        {
            var refused = () => client.CallApiAsync();
            (await refused.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.ReauthorizationRequired);
        }

        var requests = await server.TokenRequestsAsync();
        requests.Select(request => request.Outcome).Should().Equal(Lost, "invalid_grant");
        requests.Should().ContainSingle(request => request.IsReuse);
    }

    [InteropFact]
    public async Task Without_a_token_and_inside_the_grace_no_caller_notices()
    {
        var server = await fixture.StartAsync(new ServerSettings { ReuseGrace = 30 });
        await using var client = await TokenClient.SeededAsync(server, "basic", token => token.Resilience.ReuseGrace = TimeSpan.FromSeconds(30));
        await server.DropAnswersAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.CallApiAsync()));

        answers.Should().OnlyContain(status => status == HttpStatusCode.OK);
        (await server.TokenRequestsAsync()).Select(request => request.Outcome).Should().Equal(Lost, "ok");
    }

    [InteropFact]
    public async Task A_request_that_carries_only_credentials_is_repeated_freely()
    {
        var server = await fixture.StartAsync();
        await using var client = new TokenClient(server, "basic-only-cc", token => token.Grant = TokenGrants.ClientCredentials);
        await server.DropAnswersAsync(times: 2);

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);

        (await server.TokenRequestsAsync()).Select(request => request.Outcome).Should().Equal(Lost, Lost, "ok");
    }

    [InteropFact]
    public async Task A_server_that_is_briefly_out_of_order_costs_attempts_and_no_grant()
    {
        var server = await fixture.StartAsync();
        await using var client = await TokenClient.SeededAsync(server, "basic");
        await server.FailAsync(status: 500, times: 2);

        (await client.CallApiAsync()).Should().Be(HttpStatusCode.OK);

        (await server.TokenRequestsAsync()).Select(request => request.Outcome).Should().Equal("fault_before_500", "fault_before_500", "ok");
    }
}
