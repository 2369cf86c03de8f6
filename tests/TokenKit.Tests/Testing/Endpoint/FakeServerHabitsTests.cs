using System.Net;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>Servers that end the former access token, and servers that let a narrowed scope narrow the grant.</summary>
public sealed class FakeServerHabitsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeTokenEndpoint _endpoint;
    private readonly TokenEndpointCaller _caller;

    public FakeServerHabitsTests()
    {
        _endpoint = new FakeTokenEndpoint(time: _time);
        _caller = new TokenEndpointCaller(_endpoint);
    }

    public void Dispose() => _caller.Dispose();

    [Fact]
    public async Task By_default_former_access_tokens_go_on_working()
    {
        var first = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        await _caller.RefreshAsync(first.RefreshToken!);

        _endpoint.AccessTokens.Should().OnlyContain(token => token.State == AccessTokenState.Active && token.EndedBy == null);
    }

    [Fact]
    public async Task A_refresh_may_end_the_access_tokens_of_its_grant_and_of_no_other()
    {
        _endpoint.Options.EndsFormerAccessTokens = true;
        var first = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());
        var other = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        var second = await _caller.RefreshAsync(first.RefreshToken!);

        _endpoint.StateOf(first.AccessToken!).Should().Be(AccessTokenState.Ended);
        _endpoint.StateOf(second.AccessToken!).Should().Be(AccessTokenState.Active);
        _endpoint.StateOf(other.AccessToken!).Should().Be(AccessTokenState.Active);
        _endpoint.AccessTokens.Select(token => (token.Number, token.Token, token.EndedBy)).Should()
            .Equal((1, "access-1", "access-3"), (2, "access-2", null), (3, "access-3", null));
    }

    [Fact]
    public async Task The_api_of_such_a_server_rejects_what_was_ended()
    {
        _endpoint.Options.EndsFormerAccessTokens = true;
        var api = new FakeApi(_endpoint);
        using var http = new HttpClient(api.CreateHandler()) { BaseAddress = api.Address };
        var first = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());
        (await CallAsync(first)).Should().Be(HttpStatusCode.OK);

        var second = await _caller.RefreshAsync(first.RefreshToken!);

        (await CallAsync(first)).Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(second)).Should().Be(HttpStatusCode.OK);

        async Task<HttpStatusCode> CallAsync(CallerAnswer token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
            request.Headers.Authorization = new("Bearer", token.AccessToken);
            return (await http.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task A_refused_refresh_ends_nothing_and_one_whose_answer_is_lost_does()
    {
        _endpoint.Options.EndsFormerAccessTokens = true;
        var first = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        await _caller.RefreshAsync("refresh-99");
        _endpoint.StateOf(first.AccessToken!).Should().Be(AccessTokenState.Active);

        _endpoint.DropAfter();
        await _caller.ShouldFailAsync(first.RefreshToken!, HttpRequestError.ResponseEnded);
        _endpoint.StateOf(first.AccessToken!).Should().Be(AccessTokenState.Ended);
    }

    [Fact]
    public async Task A_refresh_that_is_answered_again_in_the_grace_ends_what_the_first_answer_gave()
    {
        (_endpoint.Options.EndsFormerAccessTokens, _endpoint.Options.ReuseGrace) = (true, TimeSpan.FromSeconds(10));
        var seed = _endpoint.IssueRefreshToken();
        var first = await _caller.RefreshAsync(seed);

        var again = await _caller.RefreshAsync(seed);

        _endpoint.StateOf(first.AccessToken!).Should().Be(AccessTokenState.Ended);
        _endpoint.StateOf(again.AccessToken!).Should().Be(AccessTokenState.Active);
    }

    [Fact]
    public async Task What_had_expired_was_not_ended()
    {
        _endpoint.Options.EndsFormerAccessTokens = true;
        var first = await _caller.RefreshAsync(_endpoint.IssueRefreshToken());
        _time.Advance(_endpoint.Options.AccessTokenLifetime);

        await _caller.RefreshAsync(first.RefreshToken!);

        _endpoint.AccessTokens[0].Should().BeEquivalentTo(new { State = AccessTokenState.Expired, EndedBy = (string?)null });
    }

    [Fact]
    public async Task A_login_of_a_client_ends_what_the_same_client_got_before()
    {
        _endpoint.Options.EndsFormerAccessTokens = true;
        _endpoint.AddClient("other", "other-secret");
        await _caller.PostAsync(("grant_type", "client_credentials"));
        await _caller.PostAsync(TokenEndpointCaller.Basic("other", "other-secret"), ("grant_type", "client_credentials"));
        await _caller.RefreshAsync(_endpoint.IssueRefreshToken());

        await _caller.PostAsync(("grant_type", "client_credentials"));

        _endpoint.AccessTokens.Select(token => (token.ClientId, token.State)).Should().Equal(
            ("my-app", AccessTokenState.Ended), ("other", AccessTokenState.Active),
            ("my-app", AccessTokenState.Active), ("my-app", AccessTokenState.Active));
    }

    [Fact]
    public async Task A_login_of_a_subject_ends_what_another_grant_of_that_subject_gave()
    {
        _endpoint.Options.EndsFormerAccessTokens = true;
        await _caller.RefreshAsync(_endpoint.IssueRefreshToken(subject: "ann"));
        await _caller.RefreshAsync(_endpoint.IssueRefreshToken(subject: "bob"));

        await _caller.PostAsync(("grant_type", "authorization_code"), ("code", _endpoint.IssueCode(subject: "ann")));

        _endpoint.AccessTokens.Select(token => (token.Subject, token.State)).Should().Equal(
            ("ann", AccessTokenState.Ended), ("bob", AccessTokenState.Active), ("ann", AccessTokenState.Active));
    }

    [Fact]
    public async Task By_default_a_smaller_scope_is_that_of_one_access_token()
    {
        var first = await RefreshAsync(_endpoint.IssueRefreshToken(scope: "read write"), "read");

        await _caller.RefreshAsync(first.RefreshToken!);

        first.Body.Should().Contain("\"scope\":\"read\"");
        _endpoint.AccessTokens.Select(token => token.Scope).Should().Equal("read", "read write");
    }

    [Fact]
    public async Task A_smaller_scope_may_narrow_the_grant_for_good()
    {
        _endpoint.Options.NarrowsGrant = true;
        var first = await RefreshAsync(_endpoint.IssueRefreshToken(scope: "read write admin"), "write read");

        var second = await _caller.RefreshAsync(first.RefreshToken!);
        var third = await RefreshAsync(second.RefreshToken!, "read");
        var wider = await RefreshAsync(third.RefreshToken!, "read write");

        _endpoint.AccessTokens.Select(token => token.Scope).Should().Equal("write read", "write read", "read");
        (wider.Status, wider.Error).Should().Be((HttpStatusCode.BadRequest, "invalid_scope"));
        _endpoint.Requests[^1].Outcome.Should().Be(TokenRequestOutcome.InvalidScope);
    }

    [Fact]
    public async Task A_grant_of_no_named_scope_is_narrowed_by_the_first_one_that_is_named()
    {
        _endpoint.Options.NarrowsGrant = true;
        var first = await RefreshAsync(_endpoint.IssueRefreshToken(), "read write");

        (await RefreshAsync(first.RefreshToken!, "admin")).Error.Should().Be("invalid_scope");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scope_beyond_the_grant_is_refused_and_the_refresh_token_stays_as_it_is(bool narrows)
    {
        _endpoint.Options.NarrowsGrant = narrows;
        var seed = _endpoint.IssueRefreshToken(scope: "read write");

        (await RefreshAsync(seed, "read admin")).Error.Should().Be("invalid_scope");
        (await RefreshAsync(seed, "Read")).Error.Should().Be("invalid_scope", "values are case-sensitive (RFC 6749 section 3.3)");

        _endpoint.IsCurrent(seed).Should().BeTrue();
        _endpoint.Redemptions.Should().BeEmpty();
        (await RefreshAsync(seed, "write read")).Status.Should().Be(HttpStatusCode.OK, "the order says nothing");
    }

    [Fact]
    public async Task Redemptions_count_how_often_each_refresh_token_was_judged()
    {
        var seed = _endpoint.IssueRefreshToken();
        _endpoint.DropBefore();
        await _caller.ShouldFailAsync(seed, HttpRequestError.ResponseEnded);
        _endpoint.FailNextWithError("temporarily_unavailable", status: HttpStatusCode.ServiceUnavailable);
        await _caller.RefreshAsync(seed);

        _endpoint.Redemptions.Should().BeEmpty();
        var first = await _caller.RefreshAsync(seed);
        await _caller.RefreshAsync(first.RefreshToken!);
        await _caller.RefreshAsync(seed);

        _endpoint.Redemptions.Should().BeEquivalentTo(new Dictionary<string, int> { ["refresh-1"] = 2, ["refresh-2"] = 1 });
    }

    [Fact]
    public async Task An_issued_access_token_shows_everything_but_itself_in_messages()
    {
        await RefreshAsync(_endpoint.IssueRefreshToken(scope: "read write"), "read");

        _endpoint.AccessTokens[0].ToString().Should().Be("1: for my-app, scope 'read': Active");
    }

    private Task<CallerAnswer> RefreshAsync(string refreshToken, string scope) =>
        _caller.PostAsync(("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("scope", scope));
}
