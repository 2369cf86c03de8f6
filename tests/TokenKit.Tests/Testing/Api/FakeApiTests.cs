using System.Net;
using System.Net.Http.Headers;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class FakeApiTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeTokenEndpoint _endpoint;
    private readonly TokenEndpointCaller _caller;
    private readonly FakeApi _api;
    private readonly HttpClient _http;

    public FakeApiTests()
    {
        _endpoint = new FakeTokenEndpoint(time: _time);
        _caller = new TokenEndpointCaller(_endpoint);
        _api = new FakeApi(_endpoint);
        _http = new HttpClient(_api.CreateHandler()) { BaseAddress = _api.Address };
    }

    public void Dispose()
    {
        _caller.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task A_known_token_is_accepted_until_it_expires()
    {
        var token = await TokenAsync();

        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.OK);
        _time.Advance(TimeSpan.FromHours(1));
        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        (_api.Calls, _api.Accepted, _api.Rejected).Should().Be((2, 1, 1));
        _api.TokensSeen.Should().Equal(token);
    }

    [Fact]
    public async Task An_unknown_or_revoked_token_is_rejected_as_the_specification_says()
    {
        var token = await TokenAsync();
        _endpoint.Revoke(token);

        foreach (var bad in (string[])[token, "access-99"])
        {
            var answer = await CallAsync(bad);

            answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
            answer.Headers.WwwAuthenticate.ToString().Should().StartWith("Bearer ").And.Contain("error=\"invalid_token\"");
        }
    }

    [Fact]
    public async Task Without_a_token_the_challenge_names_no_error()
    {
        var answer = await _http.GetAsync("orders");

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().Should().StartWith("Bearer").And.NotContain("error");
        _api.TokensSeen.Should().BeEmpty();
    }

    [Fact]
    public async Task A_good_token_can_be_rejected_once()
    {
        var token = await TokenAsync();
        _api.RejectOnce();

        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Everything_can_be_rejected()
    {
        var token = await TokenAsync();
        _api.RejectsEverything = true;
        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        _api.RejectsEverything = false;
        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_missing_header_is_forbidden_and_says_nothing_about_the_token()
    {
        var token = await TokenAsync();
        _api.RequireHeader("X-Tenant", "acme");

        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        _http.DefaultRequestHeaders.Add("X-Tenant", "acme");
        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.OK);
        _api.Rejected.Should().Be(0);
    }

    [Fact]
    public async Task The_token_may_travel_in_another_header()
    {
        (_api.TokenHeader, _api.TokenPrefix) = ("X-Session", "");
        using var request = new HttpRequestMessage(HttpMethod.Get, "orders");
        request.Headers.Add("X-Session", await TokenAsync());

        (await _http.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_call_is_recorded_as_it_came()
    {
        var token = await TokenAsync();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var content = new StringContent("an order");

        await _http.PostAsync("orders?day=1", content);

        var call = _api.RecentCalls.Should().ContainSingle().Subject;
        call.Should().BeEquivalentTo(new { Number = 1, Method = "POST", Body = "an order", Token = token, Status = HttpStatusCode.OK });
        call.Address.Should().Be(new Uri(_api.Address, "orders?day=1"));
        call.Headers["content-type"].Should().Be("text/plain; charset=utf-8");
        call.ToString().Should().Be("1: POST /orders: 200");
    }

    [Fact]
    public async Task Only_the_last_thousand_calls_are_kept()
    {
        for (var i = 0; i < 1001; i++)
        {
            await _http.GetAsync("orders");
        }

        _api.RecentCalls.Should().HaveCount(1000);
        _api.RecentCalls[0].Number.Should().Be(2);
        (_api.Calls, _api.Rejected).Should().Be((1001, 1001));
    }

    [Fact]
    public async Task A_test_may_give_any_answer_lose_one_or_hold_one()
    {
        var token = await TokenAsync();
        _api.RespondOnceWith(() => new HttpResponseMessage(HttpStatusCode.InternalServerError));
        _api.Drop();
        using var held = _api.HoldNext(3);
        held.Release();

        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        (await ((Func<Task>)(() => CallAsync(token))).Should().ThrowAsync<HttpRequestException>())
            .Which.HttpRequestError.Should().Be(HttpRequestError.ResponseEnded);
        (await CallAsync(token)).StatusCode.Should().Be(HttpStatusCode.OK);
        held.Arrived.Should().Be(3);
        (_api.Accepted, _api.Rejected).Should().Be((1, 0));
    }

    [Fact]
    public async Task A_held_call_waits_and_was_judged_on_arrival()
    {
        var token = await TokenAsync();
        using var held = _api.HoldNext();
        var call = CallAsync(token);
        await held.WaitForArrivalAsync();
        await _api.WaitForCallsAsync(1);
        call.IsCompleted.Should().BeFalse();

        _endpoint.Revoke(token);
        held.Release();

        (await call).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private async Task<string> TokenAsync() => (await _caller.PostAsync(("grant_type", "client_credentials"))).AccessToken!;

    private Task<HttpResponseMessage> CallAsync(string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "orders");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _http.SendAsync(request);
    }
}
