using System.Net;
using System.Net.Http.Headers;

namespace TokenKit.Tests;

public sealed class TokenRefreshHandlerTests
{
    [Fact]
    public async Task A_request_leaves_with_the_token()
    {
        using var fixture = new HandlerFixture();

        using var response = await fixture.GetAsync("https://api.example.com/orders?page=2");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Should().ContainSingle().Which.Authorization.Should().Be("Bearer access-1");
        fixture.Network.Sent[0].Url.Should().Be("https://api.example.com/orders?page=2");
    }

    [Fact]
    public async Task A_callers_own_authorization_is_replaced_and_never_doubled()
    {
        using var fixture = new HandlerFixture();
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "b2xk");

        await fixture.SendAsync(request);

        fixture.Network.Sent[0].Authorization.Should().Be("Bearer access-1");
        request.Headers.GetValues("Authorization").Should().ContainSingle();
    }

    [Fact]
    public async Task A_further_header_is_replaced_and_the_callers_others_stay()
    {
        using var fixture = new HandlerFixture(placement: new()
        {
            Headers = [FixedTemplate.Field("X-Session", "${token.access}"), FixedTemplate.Field("X-Shop", "${param.shop}")],
        }, change: definition => definition with { Params = definition.Params.Add("shop", "north") });
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api);
        request.Headers.Add("x-session", "mine");
        request.Headers.Add("X-Trace", "7");

        await fixture.SendAsync(request);

        fixture.Network.Sent[0].Headers.Should().Contain("X-Session", "access-1").And.Contain("X-Shop", "north").And.Contain("X-Trace", "7");
    }

    [Fact]
    public async Task Without_a_usable_token_nothing_is_sent()
    {
        using var fixture = new HandlerFixture();
        fixture.Source.Failure = new(RefreshFailureReason.Unreachable, "The token endpoint cannot be reached.");

        var send = () => fixture.GetAsync(HandlerFixture.Api);

        (await send.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.Unreachable);
        fixture.Network.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task A_request_that_skips_its_token_goes_as_it_is()
    {
        using var fixture = new HandlerFixture();
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://elsewhere.example/").SkipToken();
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", "bWluZQ==");

        await fixture.SendAsync(request);

        fixture.Source.Demands.Should().BeEmpty();
        fixture.Network.Sent.Should().ContainSingle().Which.Authorization.Should().Be("Basic bWluZQ==");
    }

    [Theory]
    [InlineData("TokenKit.Subject", "north", "north, forced: False")]
    [InlineData("TokenKit.Force", true, ", forced: True")]
    [InlineData("TokenKit.Skip", true)]
    public async Task A_wish_is_found_by_the_name_of_its_key(string name, object wish, params string[] demands)
    {
        using var fixture = new HandlerFixture();
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api);
        request.Options.Set(new HttpRequestOptionsKey<object>(name), wish);

        await fixture.SendAsync(request);

        fixture.Source.Demands.Select(static demand => $"{demand.Subject}, forced: {demand.Force}").Should().Equal(demands);
        fixture.Network.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task A_subject_gets_its_own_token()
    {
        using var fixture = new HandlerFixture();

        await fixture.SendAsync(new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api).SetTokenSubject("north"));
        await fixture.SendAsync(new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api).SetTokenSubject("south"));
        await fixture.SendAsync(new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api).SetTokenSubject("north"));

        fixture.Network.Sent.Select(sent => sent.Authorization).Should().Equal("Bearer access-1", "Bearer access-2", "Bearer access-1");
    }

    [Fact]
    public async Task A_forced_refresh_is_made_once_for_a_message()
    {
        using var fixture = new HandlerFixture();
        await fixture.GetAsync(HandlerFixture.Api);
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api).ForceTokenRefresh();

        await fixture.SendAsync(request);
        await fixture.SendAsync(request);

        fixture.Network.Sent.Select(sent => sent.Authorization).Should().Equal("Bearer access-1", "Bearer access-2", "Bearer access-2");
    }

    [Fact]
    public async Task An_outer_retry_that_sends_the_same_message_again_carries_the_token_of_that_moment()
    {
        using var fixture = new HandlerFixture();
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api);
        await fixture.SendAsync(request);
        await fixture.Source.GetTokenAsync(new TokenDemand { Force = true });

        await fixture.SendAsync(request);

        fixture.Network.Sent.Select(sent => sent.Authorization).Should().Equal("Bearer access-1", "Bearer access-2");
    }

    [Fact]
    public async Task A_query_value_is_placed_encoded_and_does_not_stay_on_any_message()
    {
        using var fixture = new HandlerFixture(placement: new() { Headers = [], Query = [FixedTemplate.Field("key", "a b&${token.access}")] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/orders?key=mine&page=2");

        using var response = await fixture.SendAsync(request);
        await fixture.SendAsync(request);

        fixture.Network.Sent.Should().HaveCount(2).And.OnlyContain(sent =>
            sent.Url == "https://api.example.com/orders?page=2&key=a%20b%26access-1");
        request.RequestUri!.AbsoluteUri.Should().NotContain("access-1");
        response.RequestMessage!.RequestUri!.AbsoluteUri.Should().NotContain("access-1");
    }

    [Fact]
    public async Task A_field_for_each_call_is_rendered_for_each_call()
    {
        using var fixture = new HandlerFixture(placement: HandlerFixture.Bearer with
        {
            Headers =
            [
                FixedTemplate.Field("Authorization", "Bearer ${token.access}"),
                FixedTemplate.Field("X-Request-Id", "${uuid}", perCall: true),
                FixedTemplate.Field("X-Signature", "${request.method} ${request.path} ${token.access}", perCall: true),
            ],
        });

        await fixture.GetAsync("https://api.example.com/orders?page=2");
        await fixture.GetAsync("https://api.example.com/orders?page=2");

        fixture.Network.Sent.Select(sent => sent.Headers["X-Request-Id"]).Should().OnlyHaveUniqueItems();
        fixture.Network.Sent.Should().OnlyContain(sent => sent.Headers["X-Signature"] == "GET /orders access-1");
    }

    [Fact]
    public async Task A_field_for_each_call_that_cannot_be_rendered_stops_the_request()
    {
        using var fixture = new HandlerFixture(placement: HandlerFixture.Bearer with
        {
            Headers = [FixedTemplate.Field("X-Signature", "${secret.signing}${uuid}", perCall: true)],
        });

        var send = () => fixture.GetAsync(HandlerFixture.Api);

        (await send.Should().ThrowAsync<TokenRefreshException>()).Which.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        fixture.Network.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task A_base_url_out_of_the_answer_takes_the_placeholders_place()
    {
        using var fixture = new HandlerFixture(
            placement: HandlerFixture.Bearer with
            {
                BaseUrl = [new FixedTemplate("${token.values.instance_url}/services")],
                BaseUrlNeedsToken = true,
                AllowedOrigins = HandlerFixture.Origins("https://*.my.crm.example"),
            },
            baseAddress: null);
        fixture.Source.Issue = number => new()
        {
            AccessToken = new($"access-{number}"),
            Lifetime = TimeSpan.FromHours(1),
            Values = System.Collections.Immutable.ImmutableDictionary<string, TokenValue>.Empty.Add("instance_url", new("https://eu7.my.crm.example")),
        };

        using var response = await fixture.GetAsync("https://crm.tokenkit.invalid/orders?page=2");

        fixture.Network.Sent[0].Url.Should().Be("https://eu7.my.crm.example/services/orders?page=2");
        response.RequestMessage!.RequestUri!.Host.Should().Be("eu7.my.crm.example");
    }

    [Theory]
    [InlineData("https://my.crm.example")]
    [InlineData("https://evil.example")]
    [InlineData("https://a.b.my.crm.example")]
    public async Task A_base_url_out_of_the_answer_gets_no_token_where_it_is_not_allowed(string instance)
    {
        using var fixture = new HandlerFixture(
            placement: HandlerFixture.Bearer with
            {
                BaseUrl = [new FixedTemplate("${token.values.instance_url}")],
                BaseUrlNeedsToken = true,
                AllowedOrigins = HandlerFixture.Origins("https://*.my.crm.example"),
            },
            baseAddress: null);
        fixture.Source.Issue = number => new()
        {
            AccessToken = new($"access-{number}"),
            Lifetime = TimeSpan.FromHours(1),
            Values = System.Collections.Immutable.ImmutableDictionary<string, TokenValue>.Empty.Add("instance_url", new(instance)),
        };

        var send = () => fixture.GetAsync("https://crm.tokenkit.invalid/orders");

        await send.Should().ThrowAsync<InvalidOperationException>().WithMessage("*AllowedOrigins*");
        fixture.Network.Sent.Should().BeEmpty();
    }

    [Fact]
    public async Task A_base_url_by_subject_is_allowed_because_configuration_wrote_it()
    {
        using var fixture = new HandlerFixture(
            placement: HandlerFixture.Bearer with { BaseUrl = [new FixedTemplate("https://${subject}.shop.example/admin")] },
            baseAddress: null);

        await fixture.SendAsync(new HttpRequestMessage(HttpMethod.Get, "https://crm.tokenkit.invalid/orders").SetTokenSubject("north"));
        var foreign = () => fixture.SendAsync(new HttpRequestMessage(HttpMethod.Get, "https://south.shop.example/admin/orders").SetTokenSubject("north"));

        await foreign.Should().ThrowAsync<InvalidOperationException>();
        fixture.Network.Sent.Should().ContainSingle().Which.Url.Should().Be("https://north.shop.example/admin/orders");
    }

    [Fact]
    public async Task A_reloaded_definition_applies_to_the_next_call()
    {
        using var fixture = new HandlerFixture();
        await fixture.GetAsync(HandlerFixture.Api);
        fixture.Definitions.Current = fixture.Definition with
        {
            Placement = HandlerFixture.Bearer with { AllowedOrigins = HandlerFixture.Origins("https://new.example.com") },
        };

        await fixture.GetAsync("https://new.example.com/");
        var old = () => fixture.GetAsync(HandlerFixture.Api);

        await old.Should().ThrowAsync<InvalidOperationException>().WithMessage("*https://new.example.com*");
    }

    [Fact]
    public async Task The_clients_configured_actions_run_once_to_find_its_base_address()
    {
        using var fixture = new HandlerFixture();

        for (var i = 0; i < 5; i++)
        {
            await fixture.GetAsync(HandlerFixture.Api);
        }

        fixture.BaseAddressAsked.Should().Be(1);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_token_can_be_cancelled()
    {
        using var fixture = new HandlerFixture();
        using var cancellation = new CancellationTokenSource();
        fixture.Source.Gate = new TaskCompletionSource().Task;
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api);

        var sending = fixture.SendAsync(request, cancellation.Token);
        sending.IsCompleted.Should().BeFalse();
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
        fixture.Network.Sent.Should().BeEmpty();
    }
}
