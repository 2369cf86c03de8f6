using System.Net;
using System.Net.Http.Json;
using System.Net.Http.Headers;
using TokenKit.Definitions;

namespace TokenKit.Tests;

public sealed class RedirectTests
{
    private static readonly PlacementDefinition Everywhere = new()
    {
        Headers =
        [
            FixedTemplate.Field("Authorization", "Bearer ${token.access}"),
            FixedTemplate.Field("X-Session", "${token.access}"),
            FixedTemplate.Field("X-Nonce", "${uuid}-${token.access}", perCall: true),
        ],
        Query = [FixedTemplate.Field("key", "${token.access}")],
    };

    public static TheoryData<int, string> ForeignTargets()
    {
        var data = new TheoryData<int, string>();
        foreach (var status in new[] { 300, 301, 302, 303, 307, 308 })
        {
            foreach (var target in new[]
            {
                "https://evil.example/x",
                "https://api.example.com:8443/x",
                "https://api.example.com./x",
                "https://user@api.example.com/x",
                "https://api.example.com@evil.example/x",
                "//evil.example/x",
                "https://аpi.example.com/x",
                "https://sub.api.example.com/x",
            })
            {
                data.Add(status, target);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ForeignTargets))]
    public async Task A_redirect_to_another_origin_is_followed_without_the_token(int status, string target)
    {
        using var fixture = new HandlerFixture(Redirecting(status, target), Everywhere);

        using var response = await fixture.GetAsync("https://api.example.com/start");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Should().HaveCount(2);
        fixture.Network.Sent[0].Everything.Should().Contain("access-1");
        fixture.Network.Sent[1].Everything.Should().NotContain("access-");
        fixture.Network.Sent[1].Headers.Keys.Should().NotContain(["Authorization", "X-Session", "X-Nonce"]);
    }

    [Theory]
    [MemberData(nameof(ForeignTargets))]
    public async Task A_foreign_server_that_redirects_on_sees_no_token_either(int status, string target)
    {
        using var fixture = new HandlerFixture(
            sent => sent.Url.Contains("/start", StringComparison.Ordinal) ? Redirect(status, target)
                : sent.Url.Contains("/x", StringComparison.Ordinal) ? Redirect(status, "https://third.example/last")
                : new HttpResponseMessage(),
            Everywhere);

        using var response = await fixture.GetAsync("https://api.example.com/start");

        fixture.Network.Sent.Should().HaveCount(3);
        fixture.Network.Sent.Skip(1).Should().OnlyContain(sent => !sent.Everything.Contains("access-"));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_within_the_allowed_origins_carries_the_token(int status)
    {
        using var fixture = new HandlerFixture(
            Redirecting(status, "https://files.example.com/x"),
            HandlerFixture.Bearer with { AllowedOrigins = HandlerFixture.Origins("https://api.example.com", "https://files.example.com") });

        await fixture.GetAsync("https://api.example.com/start");

        fixture.Network.Sent.Select(sent => sent.Authorization).Should().Equal("Bearer access-1", "Bearer access-1");
    }

    [Fact]
    public async Task A_relative_redirect_stays_and_carries_the_token()
    {
        using var fixture = new HandlerFixture(Redirecting(302, "/other/x?y=1"));

        using var response = await fixture.GetAsync("https://api.example.com/start#part");

        fixture.Network.Sent[1].Authorization.Should().Be("Bearer access-1");
        response.RequestMessage!.RequestUri!.AbsoluteUri.Should().Be("https://api.example.com/other/x?y=1#part");
    }

    [Fact]
    public async Task A_token_comes_back_when_a_redirect_comes_back()
    {
        using var fixture = new HandlerFixture(sent =>
            sent.Url.EndsWith("/start", StringComparison.Ordinal) ? Redirect(302, "https://login.example/x")
            : sent.Url.EndsWith("/x", StringComparison.Ordinal) ? Redirect(302, "https://api.example.com/back")
            : new HttpResponseMessage());

        await fixture.GetAsync("https://api.example.com/start");

        fixture.Network.Sent.Select(sent => sent.Authorization).Should().Equal("Bearer access-1", null, "Bearer access-1");
    }

    [Fact]
    public async Task An_echoed_query_token_does_not_go_to_another_origin()
    {
        using var fixture = new HandlerFixture(
            sent => sent.Url.StartsWith("https://api.example.com/", StringComparison.Ordinal)
                ? Redirect(302, sent.Url.Replace("api.example.com", "evil.example", StringComparison.Ordinal))
                : new HttpResponseMessage(),
            Everywhere);

        await fixture.GetAsync("https://api.example.com/start?page=2");

        fixture.Network.Sent[1].Url.Should().Be("https://evil.example/start?page=2");
    }

    [Theory]
    [InlineData("http://api.example.com/x")]
    [InlineData("http://evil.example/x")]
    [InlineData("ftp://api.example.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    public async Task A_redirect_away_from_https_is_not_followed(string target)
    {
        using var fixture = new HandlerFixture(Redirecting(302, target));

        using var response = await fixture.GetAsync("https://api.example.com/start");

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        fixture.Network.Sent.Should().ContainSingle();
        fixture.Network.Bodies[0].IsDisposed.Should().BeFalse();
    }

    [Fact]
    public async Task What_the_caller_set_himself_does_not_go_to_another_origin()
    {
        using var fixture = new HandlerFixture(
            Redirecting(307, "https://evil.example/x"), new() { Headers = [FixedTemplate.Field("X-Session", "${token.access}")] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/start");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "bWluZQ==");
        request.Headers.Add("Cookie", "session=mine");
        request.Headers.Add("Proxy-Authorization", "Basic bWluZQ==");
        request.Headers.Add("X-Trace", "7");

        await fixture.SendAsync(request);

        fixture.Network.Sent[0].Headers.Should().ContainKeys("Authorization", "Cookie", "Proxy-Authorization", "X-Session", "X-Trace");
        fixture.Network.Sent[1].Headers.Keys.Should().BeEquivalentTo("X-Trace");
    }

    [Fact]
    public async Task A_request_that_skips_its_token_follows_redirects_without_its_credentials()
    {
        using var fixture = new HandlerFixture(Redirecting(302, "https://evil.example/x"), Everywhere);
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/start").SkipToken();
        request.Headers.Add("X-Session", "my-own");

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent[0].Headers.Should().Contain("X-Session", "my-own");
        fixture.Network.Sent[1].Headers.Should().BeEmpty();
        fixture.Source.Demands.Should().BeEmpty();
    }

    [Theory]
    [InlineData(301, "POST", "GET", false)]
    [InlineData(302, "POST", "GET", false)]
    [InlineData(303, "POST", "GET", false)]
    [InlineData(303, "PUT", "GET", false)]
    [InlineData(301, "PUT", "PUT", true)]
    [InlineData(302, "DELETE", "DELETE", true)]
    [InlineData(307, "POST", "POST", true)]
    [InlineData(308, "PATCH", "PATCH", true)]
    public async Task The_method_changes_as_the_platform_changes_it(int status, string method, string next, bool keepsBody)
    {
        using var fixture = new HandlerFixture(Redirecting(status, "/x"));
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://api.example.com/start") { Content = new StringContent("body") };

        await fixture.SendAsync(request);

        fixture.Network.Sent[1].Method.Should().Be(next);
        fixture.Network.Sent[1].BodyText.Should().Be(keepsBody ? "body" : null);
        request.Method.Method.Should().Be(method);
        request.Content.Should().NotBeNull();
    }

    [Fact]
    public async Task A_head_request_stays_one_after_303()
    {
        using var fixture = new HandlerFixture(Redirecting(303, "/x"));

        await fixture.SendAsync(new(HttpMethod.Head, "https://api.example.com/start"));

        fixture.Network.Sent[1].Method.Should().Be("HEAD");
    }

    [Fact]
    public async Task A_body_that_can_be_read_only_once_stops_a_redirect_that_needs_it()
    {
        using var fixture = new HandlerFixture(Redirecting(307, "/x"), HandlerFixture.Bearer with { ReplayBufferLimit = 0 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/start")
        {
            Content = JsonContent.Create(Sequences.Channel(1, 2, 3)),
        };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.TemporaryRedirect);
        fixture.Network.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task The_limit_of_the_primary_handler_holds()
    {
        using var fixture = new HandlerFixture(_ => Redirect(302, "/again"), redirectLimit: 3);

        using var response = await fixture.GetAsync("https://api.example.com/start");

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        fixture.Network.Sent.Should().HaveCount(4);
        fixture.Network.Bodies.Select(body => body.IsDisposed).Should().Equal(true, true, true, false);
    }

    [Fact]
    public async Task Where_the_user_follows_no_redirects_none_is_followed()
    {
        using var fixture = new HandlerFixture(Redirecting(302, "/x"), redirectLimit: 0);

        using var response = await fixture.GetAsync("https://api.example.com/start");

        response.StatusCode.Should().Be(HttpStatusCode.Found);
        fixture.Network.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task A_401_of_a_hop_without_our_token_is_no_signal()
    {
        using var fixture = new HandlerFixture(sent => sent.Url.StartsWith("https://api.example.com/", StringComparison.Ordinal)
            ? Redirect(302, "https://evil.example/x")
            : new HttpResponseMessage(HttpStatusCode.Unauthorized));

        using var response = await fixture.GetAsync("https://api.example.com/start");

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Source.Renewals.Should().Be(1);
        fixture.Network.Sent.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_401_of_an_allowed_hop_renews_and_sends_that_hop_again()
    {
        using var fixture = new HandlerFixture(sent =>
            sent.Url.EndsWith("/start", StringComparison.Ordinal) ? Redirect(302, "/x")
            : new HttpResponseMessage(sent.Authorization == "Bearer access-1" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK));

        using var response = await fixture.GetAsync("https://api.example.com/start");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Select(sent => new Uri(sent.Url).AbsolutePath).Should().Equal("/start", "/x", "/x");
    }

    [Fact]
    public async Task An_outer_handler_that_follows_redirects_itself_gets_no_token_to_another_origin()
    {
        using var fixture = new HandlerFixture(Redirecting(302, "https://evil.example/x"), Everywhere, redirectLimit: 0, outer: new CarelessRedirects());

        var send = () => fixture.GetAsync("https://api.example.com/start");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*https://evil.example*");
        fixture.Network.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task A_header_of_a_definition_that_was_reloaded_meanwhile_goes_nowhere_else()
    {
        using var fixture = new HandlerFixture(
            Redirecting(302, "https://evil.example/x"), new() { Headers = [FixedTemplate.Field("X-Old", "${token.access}")] });
        await fixture.Source.GetTokenAsync();
        fixture.Definitions.Current = HandlerFixture.Define();

        await fixture.GetAsync("https://api.example.com/start");

        fixture.Network.Sent[0].Headers.Should().Contain("Authorization", "Bearer access-1").And.NotContainKey("X-Old");
        fixture.Network.Sent[1].Headers.Should().BeEmpty();
    }

    [Fact]
    public async Task The_callers_message_stays_as_it_was()
    {
        using var fixture = new HandlerFixture(Redirecting(303, "/x"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/start") { Content = new StringContent("body") };
        request.Options.Set(new HttpRequestOptionsKey<string>("mine"), "kept");

        using var response = await fixture.SendAsync(request);

        request.RequestUri!.AbsolutePath.Should().Be("/start");
        response.RequestMessage!.Options.TryGetValue(new HttpRequestOptionsKey<string>("mine"), out var kept).Should().BeTrue();
        kept.Should().Be("kept");
    }

    private sealed class CarelessRedirects : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (response.Headers.Location is not { } location)
            {
                return response;
            }

            request.RequestUri = location;
            return await base.SendAsync(request, cancellationToken);
        }
    }

    private static Func<SentRequest, HttpResponseMessage> Redirecting(int status, string target) =>
        sent => new Uri(sent.Url).AbsolutePath == "/start" ? Redirect(status, target) : new HttpResponseMessage();

    private static HttpResponseMessage Redirect(int status, string target)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        response.Headers.TryAddWithoutValidation("Location", target);
        return response;
    }
}
