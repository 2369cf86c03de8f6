using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class FakeTokenEndpointTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeTokenEndpoint _endpoint;
    private readonly TokenEndpointCaller _caller;

    public FakeTokenEndpointTests()
    {
        _endpoint = new FakeTokenEndpoint(time: _time);
        _caller = new TokenEndpointCaller(_endpoint);
    }

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task Client_credentials_get_access_tokens_in_order_and_no_refresh_token()
    {
        var first = await _caller.PostAsync(("grant_type", "client_credentials"), ("scope", "orders.read"));
        var second = await _caller.PostAsync(("grant_type", "client_credentials"));

        first.Body.Should().Be("""{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"scope":"orders.read"}""");
        second.AccessToken.Should().Be("access-2");
        second.RefreshToken.Should().BeNull();
        _endpoint.Requests.Select(request => request.Outcome).Should().Equal(TokenRequestOutcome.Issued, TokenRequestOutcome.Issued);
        _endpoint.IssuedAccessTokens.Should().Be(2);
    }

    [Fact]
    public async Task A_refresh_replaces_the_refresh_token()
    {
        var seed = _endpoint.IssueRefreshToken(scope: "orders.read");

        var answer = await _caller.RefreshAsync(seed);

        (answer.AccessToken, answer.RefreshToken).Should().Be(("access-1", "refresh-2"));
        answer.Body.Should().Contain("orders.read");
        _endpoint.IsCurrent(seed).Should().BeFalse();
        _endpoint.IsCurrent("refresh-2").Should().BeTrue();
        (_endpoint.Rotations, _endpoint.ReuseDetections, _endpoint.LostGrants).Should().Be((1, 0, 0));
        _endpoint.Requests[0].Should().BeEquivalentTo(new
        {
            Number = 1,
            ClientId = "my-app",
            GrantType = "refresh_token",
            RefreshToken = "refresh-1",
            Outcome = TokenRequestOutcome.Rotated,
            IssuedAccessToken = "access-1",
            IssuedRefreshToken = "refresh-2",
        });
    }

    [Fact]
    public async Task A_replaced_refresh_token_that_comes_again_kills_the_grant_and_the_newest_access_token()
    {
        var seed = _endpoint.IssueRefreshToken();
        var newest = await _caller.RefreshAsync(seed);

        var reuse = await _caller.RefreshAsync(seed);

        (reuse.Status, reuse.Error).Should().Be((HttpStatusCode.BadRequest, "invalid_grant"));
        _endpoint.StateOf(newest.AccessToken!).Should().Be(AccessTokenState.Revoked);
        (await _caller.RefreshAsync(newest.RefreshToken!)).Error.Should().Be("invalid_grant");
        (_endpoint.ReuseDetections, _endpoint.LostGrants).Should().Be((1, 1));
    }

    [Fact]
    public async Task Reuse_may_spare_the_access_tokens()
    {
        _endpoint.Options.ReuseRevokesAccessTokens = false;
        var seed = _endpoint.IssueRefreshToken();
        var newest = await _caller.RefreshAsync(seed);

        await _caller.RefreshAsync(seed);

        _endpoint.StateOf(newest.AccessToken!).Should().Be(AccessTokenState.Active);
        _endpoint.IsCurrent(newest.RefreshToken!).Should().BeFalse();
    }

    [Fact]
    public async Task Reuse_of_one_grant_leaves_the_others_alone()
    {
        var (mine, other) = (_endpoint.IssueRefreshToken(), _endpoint.IssueRefreshToken());
        await _caller.RefreshAsync(mine);

        await _caller.RefreshAsync(mine);

        _endpoint.IsCurrent(other).Should().BeTrue();
    }

    [Fact]
    public async Task A_server_that_does_not_look_for_reuse_only_refuses()
    {
        _endpoint.Options.DetectsReuse = false;
        var seed = _endpoint.IssueRefreshToken();
        var newest = await _caller.RefreshAsync(seed);

        (await _caller.RefreshAsync(seed)).Error.Should().Be("invalid_grant");

        _endpoint.IsCurrent(newest.RefreshToken!).Should().BeTrue();
        _endpoint.LostGrants.Should().Be(0);
    }

    [Fact]
    public async Task Within_the_grace_a_replaced_refresh_token_gets_the_same_successor()
    {
        _endpoint.Options.ReuseGrace = TimeSpan.FromSeconds(10);
        var seed = _endpoint.IssueRefreshToken();
        var first = await _caller.RefreshAsync(seed);

        _time.Advance(TimeSpan.FromSeconds(9));
        var again = await _caller.RefreshAsync(seed);

        (again.AccessToken, again.RefreshToken).Should().Be(("access-2", first.RefreshToken));
        _endpoint.Requests[^1].Outcome.Should().Be(TokenRequestOutcome.IssuedInGrace);
        _endpoint.Rotations.Should().Be(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        (await _caller.RefreshAsync(seed)).Error.Should().Be("invalid_grant");
        _endpoint.ReuseDetections.Should().Be(1);
    }

    [Fact]
    public async Task The_grace_ends_when_the_successor_is_used()
    {
        _endpoint.Options.ReuseGrace = TimeSpan.FromMinutes(1);
        var seed = _endpoint.IssueRefreshToken();
        var first = await _caller.RefreshAsync(seed);
        await _caller.RefreshAsync(first.RefreshToken!);

        (await _caller.RefreshAsync(seed)).Error.Should().Be("invalid_grant");

        _endpoint.LostGrants.Should().Be(1);
    }

    [Fact]
    public async Task A_server_that_does_not_rotate_sends_no_refresh_token_and_goes_on_taking_the_old_one()
    {
        _endpoint.Options.RotatesRefreshTokens = false;
        var seed = _endpoint.IssueRefreshToken();

        var answers = new[] { await _caller.RefreshAsync(seed), await _caller.RefreshAsync(seed) };

        answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK && answer.RefreshToken == null);
        _endpoint.Rotations.Should().Be(0);
    }

    [Fact]
    public async Task Another_clients_refresh_token_is_unknown()
    {
        _endpoint.AddClient("other", "other-secret");
        var seed = _endpoint.IssueRefreshToken("other");

        (await _caller.RefreshAsync(seed)).Error.Should().Be("invalid_grant");

        _endpoint.IsCurrent(seed).Should().BeTrue("a stranger must not kill a grant");
    }

    [Fact]
    public async Task An_unknown_refresh_token_is_refused() =>
        (await _caller.RefreshAsync("refresh-99")).Error.Should().Be("invalid_grant");

    [Fact]
    public async Task A_code_is_redeemed_once_and_a_second_use_kills_what_came_of_it()
    {
        var code = _endpoint.IssueCode();

        var first = await _caller.PostAsync(("grant_type", "authorization_code"), ("code", code));
        var second = await _caller.PostAsync(("grant_type", "authorization_code"), ("code", code));

        (first.AccessToken, first.RefreshToken).Should().Be(("access-1", "refresh-1"));
        second.Error.Should().Be("invalid_grant");
        _endpoint.StateOf("access-1").Should().Be(AccessTokenState.Revoked);
    }

    [Theory]
    [InlineData("https://app.test/callback", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", null)]
    [InlineData("https://app.test/other", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "invalid_grant")]
    [InlineData("https://app.test/callback", "not the verifier", "invalid_grant")]
    public async Task Redirect_uri_and_code_verifier_must_fit(string redirectUri, string verifier, string? error)
    {
        // The pair of RFC 7636 appendix B.
        var code = _endpoint.IssueCode(redirectUri: "https://app.test/callback", codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

        var answer = await _caller.PostAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectUri),
            ("code_verifier", verifier));

        answer.Error.Should().Be(error);
    }

    [Fact]
    public async Task An_access_token_works_until_its_lifetime_is_over()
    {
        _endpoint.Options.AccessTokenLifetime = TimeSpan.FromSeconds(2.5);
        var token = (await _caller.PostAsync(("grant_type", "client_credentials"))).AccessToken!;

        _time.Advance(TimeSpan.FromSeconds(2.5) - TimeSpan.FromTicks(1));
        _endpoint.StateOf(token).Should().Be(AccessTokenState.Active);

        _time.Advance(TimeSpan.FromTicks(1));
        _endpoint.StateOf(token).Should().Be(AccessTokenState.Expired);
        _endpoint.StateOf("access-99").Should().Be(AccessTokenState.Unknown);
    }

    [Fact]
    public async Task The_server_does_not_sleep_with_its_client_and_does_not_believe_a_clock_set_back()
    {
        var token = (await _caller.PostAsync(("grant_type", "client_credentials"))).AccessToken!;
        _time.JumpWallClock(TimeSpan.FromDays(-1));
        _endpoint.StateOf(token).Should().Be(AccessTokenState.Active);

        _time.Suspend(TimeSpan.FromDays(2));
        _endpoint.StateOf(token).Should().Be(AccessTokenState.Expired);
    }

    [Fact]
    public async Task Tokens_can_be_revoked()
    {
        var answer = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        _endpoint.Revoke(answer.AccessToken!).Should().BeTrue();
        _endpoint.StateOf(answer.AccessToken!).Should().Be(AccessTokenState.Revoked);
        _endpoint.IsCurrent(answer.RefreshToken!).Should().BeTrue();

        _endpoint.Revoke(answer.RefreshToken!).Should().BeTrue();
        (await _caller.RefreshAsync(answer.RefreshToken!)).Error.Should().Be("invalid_grant");
        _endpoint.LostGrants.Should().Be(0, "nobody lost what was taken away on purpose");
        _endpoint.Revoke("refresh-99").Should().BeFalse();
    }

    [Fact]
    public async Task All_access_tokens_can_be_revoked_at_once()
    {
        var answer = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        _endpoint.RevokeAccessTokens();

        _endpoint.StateOf(answer.AccessToken!).Should().Be(AccessTokenState.Revoked);
        _endpoint.IsCurrent(answer.RefreshToken!).Should().BeTrue();
    }

    [Theory]
    [InlineData("id with blank", "s3cr:t+/=&%~\u00e4\u20ac")]
    [InlineData("plain", "plain-secret")]
    public async Task Basic_credentials_are_form_decoded(string id, string secret)
    {
        _endpoint.AddClient(id, secret, FakeClientAuthentication.Basic);

        var encoded = await _caller.PostAsync(
            TokenEndpointCaller.Basic(WebUtility.UrlEncode(id), WebUtility.UrlEncode(secret)), ("grant_type", "client_credentials"));

        encoded.AccessToken.Should().Be("access-1");
        _endpoint.Requests[0].ClientId.Should().Be(id);
    }

    [Theory]
    [InlineData(FakeClientAuthentication.Basic, "100%", false)]
    [InlineData(FakeClientAuthentication.BasicRaw, "100%", true)]
    [InlineData(FakeClientAuthentication.Basic, "a+b", false)]
    [InlineData(FakeClientAuthentication.BasicRaw, "a+b", true)]
    [InlineData(FakeClientAuthentication.Post, "a+b", false)]
    public async Task Raw_basic_credentials_are_taken_only_where_the_client_is_so_registered(
        FakeClientAuthentication authentication, string secret, bool isTaken)
    {
        _endpoint.AddClient("raw", secret, authentication);

        var answer = await _caller.PostAsync(TokenEndpointCaller.Basic("raw", secret), ("grant_type", "client_credentials"));

        answer.Error.Should().Be(isTaken ? null : "invalid_client");
    }

    [Theory]
    [InlineData("Basic", null)]
    [InlineData("basic", null)]
    [InlineData("Bearer", "invalid_client")]
    public async Task The_header_counts_as_it_would_go_over_the_wire(string scheme, string? error)
    {
        var header = new WrittenAuthorization($"{scheme} {TokenEndpointCaller.Default.Parameter}");

        (await _caller.PostAsync(header, ("grant_type", "client_credentials"))).Error.Should().Be(error);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic no-base64!")]
    [InlineData("Basic bm9jb2xvbg==")]
    public async Task A_header_that_holds_no_credentials_is_no_authentication(string header) =>
        (await _caller.PostAsync(new WrittenAuthorization(header), ("grant_type", "client_credentials"))).Error.Should().Be("invalid_client");

    [Fact]
    public async Task A_wrong_basic_secret_is_challenged()
    {
        var answer = await _caller.PostAsync(TokenEndpointCaller.Basic("my-app", "wrong"), ("grant_type", "client_credentials"));

        (answer.Status, answer.Error).Should().Be((HttpStatusCode.Unauthorized, "invalid_client"));
        answer.Headers.WwwAuthenticate.Should().ContainSingle().Which.Scheme.Should().Be("Basic");
        _endpoint.Requests[0].Outcome.Should().Be(TokenRequestOutcome.InvalidClient);
    }

    [Theory]
    [InlineData("my-app", "my-app-secret", null)]
    [InlineData("my-app", "wrong", "invalid_client")]
    [InlineData("my-app", null, "invalid_client")]
    [InlineData("nobody", "my-app-secret", "invalid_client")]
    [InlineData("public", null, null)]
    [InlineData("public", "surplus", "invalid_client")]
    [InlineData("basic-only", "basic-only-secret", "invalid_client")]
    public async Task Credentials_in_the_body_are_checked(string id, string? secret, string? error)
    {
        _endpoint.AddClient("public", null);
        _endpoint.AddClient("basic-only", "basic-only-secret", FakeClientAuthentication.Basic);
        var form = new List<(string, string)> { ("grant_type", "client_credentials"), ("client_id", id) };
        if (secret is not null)
        {
            form.Add(("client_secret", secret));
        }

        (await _caller.PostAsync(null, [.. form])).Error.Should().Be(error);
    }

    [Fact]
    public async Task A_new_client_secret_replaces_the_old_one_at_once()
    {
        _endpoint.AddClient("my-app", "another-secret");

        (await _caller.PostAsync(("grant_type", "client_credentials"))).Error.Should().Be("invalid_client");
        (await _caller.PostAsync(TokenEndpointCaller.Basic("my-app", "another-secret"), ("grant_type", "client_credentials")))
            .AccessToken.Should().Be("access-1");
    }

    [Theory]
    [InlineData("grant_type=client_credentials&grant_type=client_credentials", "invalid_request")]
    [InlineData("grant_type=client_credentials&client_secret=my-app-secret", "invalid_request")]
    [InlineData("grant_type=client_credentials&scope=%zz", "invalid_request")]
    [InlineData("grant_type=client_credentials&scope=%ff", "invalid_request")]
    [InlineData("grant_type=client_credentials&scope=\u00e4", "invalid_request")]
    [InlineData("scope=a", "invalid_request")]
    [InlineData("grant_type=refresh_token", "invalid_request")]
    [InlineData("grant_type=authorization_code", "invalid_request")]
    [InlineData("grant_type=password", "unsupported_grant_type")]
    [InlineData("grant_type=client_credentials&resource=https%3A%2F%2Fa.test&resource=https%3A%2F%2Fb.test", null)]
    public async Task What_the_specification_forbids_is_refused(string body, string? error)
    {
        using var content = new StringContent(body, new UTF8Encoding(false), "application/x-www-form-urlencoded");

        (await _caller.SendAsync(HttpMethod.Post, "", content)).Error.Should().Be(error);
    }

    [Fact]
    public async Task Only_posted_forms_without_credentials_in_the_url_are_answered()
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        using var json = new StringContent("{}", Encoding.UTF8, "application/json");

        (await _caller.SendAsync(HttpMethod.Get, "", null)).Status.Should().Be(HttpStatusCode.MethodNotAllowed);
        (await _caller.SendAsync(HttpMethod.Post, "", json)).Error.Should().Be("invalid_request");
        (await _caller.SendAsync(HttpMethod.Post, "?client_secret=x", form)).Error.Should().Be("invalid_request");
        _endpoint.Requests.Should().OnlyContain(request => request.Outcome == TokenRequestOutcome.InvalidRequest);
    }

    [Fact]
    public async Task A_prepared_failure_meets_the_next_request_and_does_no_work()
    {
        var seed = _endpoint.IssueRefreshToken();
        _endpoint.FailNext(HttpStatusCode.ServiceUnavailable, "busy", "text/plain", TimeSpan.FromSeconds(7), count: 2);
        _endpoint.FailNextWithError("temporarily_unavailable", "later");

        var busy = await _caller.RefreshAsync(seed);
        (busy.Status, busy.Body).Should().Be((HttpStatusCode.ServiceUnavailable, "busy"));
        busy.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(7));
        (await _caller.RefreshAsync(seed)).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await _caller.RefreshAsync(seed)).Error.Should().Be("temporarily_unavailable");
        _endpoint.Rotations.Should().Be(0);
        _endpoint.Requests.Should().OnlyContain(request => request.Outcome == TokenRequestOutcome.Prepared);

        (await _caller.RefreshAsync(seed)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_test_may_give_any_answer_once()
    {
        _endpoint.RespondOnceWith(() => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("https://evil.test/") } });

        (await _caller.PostAsync(("grant_type", "client_credentials"))).Headers.Location.Should().Be(new Uri("https://evil.test/"));
        (await _caller.PostAsync(("grant_type", "client_credentials"))).AccessToken.Should().Be("access-1");
    }

    [Fact]
    public async Task A_connection_lost_before_the_work_leaves_the_refresh_token_alone()
    {
        var seed = _endpoint.IssueRefreshToken();
        _endpoint.DropBefore();

        await _caller.ShouldFailAsync(seed, HttpRequestError.ResponseEnded);

        _endpoint.IsCurrent(seed).Should().BeTrue();
        _endpoint.Requests[0].Should().BeEquivalentTo(new { Outcome = TokenRequestOutcome.DroppedBefore, AnswerLost = false });
    }

    [Fact]
    public async Task A_connection_lost_after_the_work_looks_the_same_and_has_rotated()
    {
        var seed = _endpoint.IssueRefreshToken();
        _endpoint.DropAfter();

        await _caller.ShouldFailAsync(seed, HttpRequestError.ResponseEnded);

        _endpoint.IsCurrent(seed).Should().BeFalse();
        _endpoint.Requests[0].Should().BeEquivalentTo(new { Outcome = TokenRequestOutcome.Rotated, AnswerLost = true });
    }

    [Fact]
    public async Task A_refused_connection_never_arrives()
    {
        var seed = _endpoint.IssueRefreshToken();
        _endpoint.RefuseConnections(2);

        var failure = await _caller.ShouldFailAsync(seed, HttpRequestError.ConnectionError);
        failure.InnerException.Should().BeOfType<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        await _caller.ShouldFailAsync(seed, HttpRequestError.ConnectionError);

        (_endpoint.TokenRequests, _endpoint.RefusedConnections).Should().Be((0, 2));
        (await _caller.RefreshAsync(seed)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_held_answer_waits_until_it_is_released_and_the_work_is_done()
    {
        var seed = _endpoint.IssueRefreshToken();
        using var held = _endpoint.HoldNext();

        var answer = _caller.RefreshAsync(seed);
        await held.WaitForArrivalAsync();

        answer.IsCompleted.Should().BeFalse();
        _endpoint.Rotations.Should().Be(1);
        held.Arrived.Should().Be(1);
        (await _caller.PostAsync(("grant_type", "client_credentials"))).AccessToken.Should().Be("access-2", "only one was to be held");

        held.Release();
        (await answer).AccessToken.Should().Be("access-1");
    }

    [Fact]
    public async Task A_prepared_failure_can_be_held()
    {
        using var held = _endpoint.HoldNext(2);
        _endpoint.FailNext(HttpStatusCode.BadGateway);

        var (first, second) = (_caller.PostAsync(("grant_type", "client_credentials")), _caller.PostAsync(("grant_type", "client_credentials")));
        await held.WaitForArrivalAsync();
        held.Release();

        new[] { (await first).Status, (await second).Status }.Should().BeEquivalentTo([HttpStatusCode.BadGateway, HttpStatusCode.OK]);
    }

    [Fact]
    public async Task A_held_answer_ends_with_its_callers_patience()
    {
        using var held = _endpoint.HoldNext();
        using var cancellation = new CancellationTokenSource();
        var answer = _caller.PostAsync(TokenEndpointCaller.Default, cancellation.Token, ("grant_type", "client_credentials"));
        await held.WaitForArrivalAsync();

        await cancellation.CancelAsync();

        await ((Func<Task>)(() => answer)).Should().ThrowAsync<OperationCanceledException>();
        _endpoint.IssuedAccessTokens.Should().Be(1, "the server did not notice");
    }

    [Fact]
    public async Task Waiting_for_a_request_that_does_not_come_ends_with_a_reason()
    {
        using var held = _endpoint.HoldNext(2);

        (await ((Func<Task>)(() => held.WaitForArrivalAsync(TimeSpan.FromMilliseconds(1)))).Should().ThrowAsync<TimeoutException>())
            .WithMessage("*0 of 2 requests to hold have arrived*");
        (await ((Func<Task>)(() => _endpoint.WaitForRequestsAsync(3, TimeSpan.FromMilliseconds(1)))).Should().ThrowAsync<TimeoutException>())
            .WithMessage("*waited for 3 requests, 0 have arrived*");
    }

    [Fact]
    public async Task A_test_can_wait_for_a_number_of_requests()
    {
        var two = _endpoint.WaitForRequestsAsync(2);
        await _caller.PostAsync(("grant_type", "client_credentials"));
        two.IsCompleted.Should().BeFalse();

        await _caller.PostAsync(("grant_type", "client_credentials"));

        await two;
        await _endpoint.WaitForRequestsAsync(1);
    }

    [Fact]
    public async Task What_was_prepared_can_be_taken_back()
    {
        using var held = _endpoint.HoldNext(2);
        _endpoint.FailNext(HttpStatusCode.BadGateway, count: int.MaxValue);
        var waiting = _caller.PostAsync(("grant_type", "client_credentials"));
        await _endpoint.WaitForRequestsAsync(1);

        _endpoint.ClearPrepared();

        (await waiting).Status.Should().Be(HttpStatusCode.BadGateway);
        (await _caller.PostAsync(("grant_type", "client_credentials"))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Answers_take_as_long_as_the_test_says()
    {
        _endpoint.Delay = TimeSpan.FromSeconds(3);

        var answer = _caller.PostAsync(("grant_type", "client_credentials"));
        await _time.WaitForTimersAsync();
        answer.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromSeconds(3));
        (await answer).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_answer_says_what_the_options_say()
    {
        _endpoint.Options.SendsExpiresIn = false;
        _endpoint.Options.AccessTokenPrefix = "at-";
        _endpoint.Options.RefreshTokenPrefix = "rt-";
        _endpoint.Options.AnswerMembers["instance_url"] = "https://na1.crm.test";

        var answer = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        answer.Body.Should().Be(
            """{"access_token":"at-1","token_type":"Bearer","refresh_token":"rt-2","instance_url":"https://na1.crm.test"}""");
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Fact]
    public async Task Parallel_uses_of_one_refresh_token_rotate_it_once()
    {
        _endpoint.Options.DetectsReuse = false;
        var seed = _endpoint.IssueRefreshToken();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => _caller.RefreshAsync(seed))));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).Should().Be(1);
        _endpoint.Rotations.Should().Be(1);
        _endpoint.Requests.Select(request => request.Number).Should().Equal(Enumerable.Range(1, 50));
    }

    [Fact]
    public async Task The_record_of_a_request_prints_no_secret()
    {
        await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        var scan = new SecretLeakScan().Add(_endpoint);
        scan.In(_endpoint.Requests[0].ToString(), "record").Should().BeEmpty();
        scan.In(_endpoint.ToString(), "endpoint").Should().BeEmpty();
        _endpoint.Requests[0].ToString().Should().Be("1: refresh_token by my-app: Rotated");
    }

    [Fact]
    public void Nothing_can_be_prepared_for_no_request()
    {
        ((Action)(() => _endpoint.HoldNext(0))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _endpoint.DropAfter(0))).Should().Throw<ArgumentOutOfRangeException>();
        ((Action)(() => _endpoint.AddClient("", "secret"))).Should().Throw<ArgumentException>();
        ((Action)(() => _endpoint.RespondOnceWith(null!))).Should().Throw<ArgumentNullException>();
    }

    /// <summary>A header value that is written otherwise than its parts say.</summary>
    private sealed class WrittenAuthorization(string written) : AuthenticationHeaderValue("verbatim")
    {
        public override string ToString() => written;
    }
}
