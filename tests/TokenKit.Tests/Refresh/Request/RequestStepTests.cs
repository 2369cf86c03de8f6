using System.Collections.Immutable;
using System.Web;
using TokenKit.Definitions;
using TokenKit.Refresh.Request;
using TokenKit.Values;

namespace TokenKit.Tests;

public sealed class RequestStepTests
{
    private readonly RequestScene _scene = new();

    [Fact]
    public async Task Credentials_are_resolved_composed_and_sent_and_the_answer_is_handed_on()
    {
        _scene.Secrets.Values["crm-client-secret"] = "s3cr3t";
        _scene.Exchange = _scene.Exchange with
        {
            Authentication = ClientAuthenticationMethod.ClientSecretPost,
            Client = new ClientDefinition { Id = TextTemplate.List("my-app"), Secret = TextTemplate.List("${secret.crm-client-secret}") },
        };
        _scene.Handler = new FakeEndpoint().Then(200, """{"access_token":"access-1"}""", ("X-Request-Id", "7"));

        var received = (await _scene.SendAsync()).Value!;

        _scene.Endpoint.Requests.Should().ContainSingle()
            .Which.Body.Should().Be("grant_type=client_credentials&client_id=my-app&client_secret=s3cr3t");
        received.Answer.StatusCode.Should().Be(200);
        received.Answer.Headers["x-request-id"].Should().Equal("7");
        received.Answer.Body.ToArray().Should().Equal("""{"access_token":"access-1"}"""u8.ToArray());
        received.Values.ClientSecret.Should().Be("s3cr3t");
        received.RequestsSent.Should().Be(1);
    }

    [Fact]
    public async Task A_status_that_means_failure_is_handed_on_like_any_other()
    {
        _scene.Handler = new FakeEndpoint().Then(400, """{"error":"invalid_grant"}""");

        (await _scene.SendAsync()).Value!.Answer.StatusCode.Should().Be(400);
    }

    [Fact]
    public async Task The_lifetime_counts_from_just_before_the_attempt_that_was_answered()
    {
        _scene.Handler = new FakeEndpoint()
            .Then(_ =>
            {
                _scene.Clock.Advance(TimeSpan.FromSeconds(3));
                return Task.FromResult(FakeEndpoint.Answer(503, "{}"));
            })
            .Then(_ =>
            {
                _scene.Clock.Advance(TimeSpan.FromSeconds(4));
                return Task.FromResult(FakeEndpoint.Answer(200, "{}"));
            });
        var begun = ClockReading.Now(_scene.Clock);

        var received = (await _scene.SendAsync()).Value!;

        received.SentAt.ElapsedSince(begun, _scene.Clock).Should().Be(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Time_and_number_used_once_are_the_same_everywhere_in_one_attempt_and_new_in_the_next()
    {
        _scene.Exchange = _scene.Exchange with { Body = RequestScene.Form(("nonce", "${uuid}"), ("again", "${uuid}")) };
        _scene.Handler = new FakeEndpoint()
            .Then(_ =>
            {
                _scene.Clock.Advance(TimeSpan.FromSeconds(3));
                _scene.Randomness.Octet++;
                return Task.FromResult(FakeEndpoint.Answer(503, "{}"));
            })
            .Then(200);
        var begun = _scene.Clock.GetUtcNow();

        var received = (await _scene.SendAsync()).Value!;

        var sent = _scene.Endpoint.Requests.Select(static request => HttpUtility.ParseQueryString(request.Body!)).ToArray();
        sent.Should().HaveCount(2).And.OnlyContain(static form => form["nonce"] == form["again"]);
        sent[0]["nonce"].Should().NotBe(sent[1]["nonce"], "a server may refuse what it saw before");
        received.Values.Now.Should().Be(begun + TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task What_cannot_be_composed_is_not_sent()
    {
        _scene.Exchange = _scene.Exchange with { Body = RequestScene.Form(("password", "${secret.pw}")) };

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.SecretUnavailable);
        failure.RequestsSent.Should().Be(0);
        failure.IsAmbiguous.Should().BeFalse();
        _scene.Endpoint.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Nothing_is_sent_after_the_deadline()
    {
        var work = _scene.Work();
        _scene.Clock.Suspend(_scene.Timeout);

        var failure = (await _scene.Step.SendAsync(work)).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.TimedOut);
        failure.IsAmbiguous.Should().BeFalse();
        failure.RequestsSent.Should().Be(0);
        _scene.Endpoint.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_deadline_beyond_the_reach_of_timers_is_no_trouble()
    {
        _scene.Timeout = TimeSpan.FromDays(365);

        (await _scene.SendAsync()).Succeeded.Should().BeTrue();
    }

    [Fact]
    public async Task Nothing_of_a_request_or_an_answer_is_printed()
    {
        _scene.Handler = new FakeEndpoint().Then(200, "s3cr3t-answer", ("X-Token", "s3cr3t-header"));
        _scene.Secrets.Values["pw"] = "s3cr3t-password";
        _scene.Exchange = _scene.Exchange with { References = [new("secret", "pw")], Body = RequestScene.Form(("password", "${secret.pw}")) };

        var result = await _scene.SendAsync();
        var run = new AttemptRun(_scene.Work().Context, result.Value!.Values, false, 0);

        $"{result} {result.Value} {result.Value.Answer} {result.Value.Values} {run} {new Attempt(run, AttemptEnd.Answered, result)}"
            .Should().NotContain("s3cr3t");
    }

    [Fact]
    public async Task A_registered_requester_takes_the_place_of_sending()
    {
        var requester = new FakeRequester((_, _) => Task.FromResult(new TokenAnswer(200, NoHeaders, "{}"u8.ToArray())));
        _scene.Requester = requester;
        _scene.Subject = "acme";
        _scene.Stored = new TokenSet { RefreshToken = new SecretText("refresh-1") };

        var received = (await _scene.SendAsync()).Value!;

        received.Answer.StatusCode.Should().Be(200);
        requester.Asked.Should().Equal(new TokenRequesterContext { Key = new TokenKey("crm", "acme"), Stored = _scene.Stored, CorrelationId = "c0ffee" });
        _scene.Endpoint.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_requester_that_throws_leaves_an_ambiguous_failure_with_its_exception_inside(bool atOnce)
    {
        var thrown = new InvalidOperationException("s3cr3t");
        _scene.Requester = new FakeRequester((_, _) => atOnce ? throw thrown : Task.FromException<TokenAnswer>(thrown));

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.RequestRejected);
        failure.IsTransient.Should().BeFalse("a fault of a program does not pass by itself");
        failure.IsAmbiguous.Should().BeTrue();
        failure.RequestsSent.Should().Be(1);
        failure.Exception.Should().BeSameAs(thrown);
        failure.ToString().Should().Contain("InvalidOperationException").And.NotContain("s3cr3t");
    }

    public static TheoryData<Exception, RefreshFailureReason> Passing => new()
    {
        { new HttpRequestException("reset"), RefreshFailureReason.Unreachable },
        { new HttpRequestException("busy", null, System.Net.HttpStatusCode.BadGateway), RefreshFailureReason.ServerError },
        { new HttpRequestException("slow", null, System.Net.HttpStatusCode.TooManyRequests), RefreshFailureReason.Throttled },
        { new System.Net.Sockets.SocketException(), RefreshFailureReason.Unreachable },
        { new TimeoutException(), RefreshFailureReason.TimedOut },
        { new TaskCanceledException(), RefreshFailureReason.TimedOut },
        { Of(RefreshFailureReason.StoreUnavailable), RefreshFailureReason.Unreachable },
    };

    public static TheoryData<Exception> Lasting => [
        new HttpRequestException("no", null, System.Net.HttpStatusCode.BadRequest), new IOException(), new FormatException(),
        Of(RefreshFailureReason.ReauthorizationRequired)];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task An_exception_of_a_requester_that_says_it_may_pass_is_transient_and_tried_again(Exception thrown, RefreshFailureReason reason)
    {
        var requester = new FakeRequester((_, _) => throw thrown);
        _scene.Requester = requester;

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(reason);
        failure.IsTransient.Should().BeTrue();
        failure.Exception.Should().BeSameAs(thrown);
        requester.Asked.Should().HaveCount(3);
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task Any_other_exception_of_a_requester_is_not_tried_again(Exception thrown)
    {
        var requester = new FakeRequester((_, _) => throw thrown);
        _scene.Requester = requester;

        (await _scene.SendAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.RequestRejected);

        requester.Asked.Should().ContainSingle();
    }

    [Fact]
    public async Task A_requester_can_say_how_long_to_wait()
    {
        var wait = TimeSpan.FromMinutes(3);
        var asked = new RefreshFailure(RefreshFailureReason.Throttled, "The vault asks to wait.") { RetryAfter = wait };
        _scene.Requester = new FakeRequester((context, _) => throw new TokenRefreshException(context.Key, asked));

        (await _scene.SendAsync()).Failure!.RetryAfter.Should().Be(wait);
    }

    private static TokenRefreshException Of(RefreshFailureReason reason) => new(new TokenKey("other"), new RefreshFailure(reason, "Why."));

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public async Task A_requester_that_was_given_a_refresh_token_is_not_asked_again_when_its_answer_was_lost(bool hasToken, int times)
    {
        var requester = new FakeRequester((_, _) => throw new HttpRequestException("reset"));
        _scene.Requester = requester;
        _scene.Stored = new TokenSet { RefreshToken = hasToken ? new SecretText("refresh-1") : null };

        await _scene.SendAsync();

        requester.Asked.Should().HaveCount(times);
    }

    [Fact]
    public async Task A_requester_that_returns_nothing_is_unreadable()
    {
        _scene.Requester = new FakeRequester((_, _) => Task.FromResult<TokenAnswer>(null!));

        (await _scene.SendAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_requester_is_given_up_at_the_deadline_whether_it_listens_or_not(bool listens)
    {
        _scene.Requester = new FakeRequester(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, listens ? cancellation : CancellationToken.None);
            return null!;
        });

        var sending = _scene.SendAsync();
        await _scene.Clock.WaitForTimersAsync();
        _scene.Clock.Advance(_scene.Timeout);
        var failure = (await sending.Within("the deadline ends it")).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.TimedOut);
        failure.IsAmbiguous.Should().BeTrue();
    }

    [Fact]
    public async Task A_requester_is_not_asked_after_the_deadline()
    {
        var requester = new FakeRequester((_, _) => throw new InvalidOperationException("Intentionally not provided."));
        _scene.Requester = requester;
        var work = _scene.Work();
        _scene.Clock.Advance(_scene.Timeout);

        (await _scene.Step.SendAsync(work)).Failure!.Reason.Should().Be(RefreshFailureReason.TimedOut);

        requester.Asked.Should().BeEmpty();
    }

    private static ImmutableDictionary<string, IReadOnlyList<string>> NoHeaders => ImmutableDictionary<string, IReadOnlyList<string>>.Empty;

    private sealed class FakeRequester(Func<TokenRequesterContext, CancellationToken, Task<TokenAnswer>> answer) : ITokenRequester
    {
        public List<TokenRequesterContext> Asked { get; } = [];

        public ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken)
        {
            Asked.Add(context);
            return new(answer(context, cancellationToken));
        }
    }
}
