using System.Net.Sockets;

namespace TokenKit.Tests;

public sealed class AttemptPipelineTests
{
    private readonly RequestScene _scene = new();

    public static TheoryData<int, int, int> Statuses { get; } = new()
    {
        // status, requests with credentials alone, requests with a stored token
        { 200, 1, 1 },
        { 204, 1, 1 },
        { 302, 1, 1 },
        { 400, 1, 1 },
        { 401, 1, 1 },
        { 403, 1, 1 },
        { 404, 1, 1 },
        { 408, 3, 1 },
        { 425, 3, 3 },
        { 429, 1, 1 },
        { 500, 3, 3 },
        { 501, 1, 1 },
        { 502, 3, 1 },
        { 503, 3, 3 },
        { 504, 3, 1 },
        { 505, 1, 1 },
        { 511, 1, 1 },
        { 520, 3, 1 },
        { 524, 3, 1 },
        { 600, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task A_status_is_sent_again_only_where_that_can_help_and_cannot_harm(int status, int withCredentials, int withStoredToken)
    {
        (await RequestsForAsync(sendsStoredToken: false)).Should().Be(withCredentials);
        (await RequestsForAsync(sendsStoredToken: true)).Should().Be(withStoredToken);

        async Task<int> RequestsForAsync(bool sendsStoredToken)
        {
            var scene = new RequestScene { Handler = new FakeEndpoint().Then(status) };
            scene.Exchange = scene.Exchange with { SendsStoredToken = sendsStoredToken };
            await scene.SendAsync();
            return scene.Endpoint.Requests.Count;
        }
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_server_that_names_a_time_is_not_asked_again_before_it(int status)
    {
        _scene.Handler = new FakeEndpoint().Then(status, "{}", ("Retry-After", "1"));

        var result = await _scene.SendAsync();

        result.Value!.Answer.StatusCode.Should().Be(status);
        _scene.Endpoint.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_definition_with_its_own_success_test_is_not_second_guessed()
    {
        _scene.Handler = new FakeEndpoint().Then(500);
        _scene.Exchange = _scene.Exchange with { Response = _scene.Exchange.Response with { Success = new AnyExpression() } };

        await _scene.SendAsync();

        _scene.Endpoint.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_certainly_never_left_is_sent_again_whatever_it_carried(bool sendsStoredToken)
    {
        _scene.Exchange = _scene.Exchange with { SendsStoredToken = sendsStoredToken };
        _scene.Handler = new FakeEndpoint()
            .Then(Refused())
            .Then(new HttpRequestException(HttpRequestError.NameResolutionError, "no such host"))
            .Then(200, "{}");

        var result = await _scene.SendAsync();

        result.Succeeded.Should().BeTrue(result.Failure?.Message);
        result.Value!.RequestsSent.Should().Be(3);
        _scene.Endpoint.Requests.Select(request => request.Message).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public async Task A_lost_answer_is_asked_for_again_only_where_no_stored_token_was_sent(bool sendsStoredToken, int requests)
    {
        _scene.Exchange = _scene.Exchange with { SendsStoredToken = sendsStoredToken };
        _scene.Handler = new FakeEndpoint().Then(_ => Task.FromResult(new HttpResponseMessage { Content = new BreakingContent() }));

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.Unreachable);
        failure.IsAmbiguous.Should().BeTrue();
        failure.RequestsSent.Should().Be(requests);
        _scene.Endpoint.Requests.Should().HaveCount(requests);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public async Task An_unreadable_answer_is_asked_for_again_only_where_no_stored_token_was_sent(bool sendsStoredToken, int requests)
    {
        _scene.Exchange = _scene.Exchange with { SendsStoredToken = sendsStoredToken };
        _scene.Handler = new FakeEndpoint().Then(200, "{}", ("Content-Encoding", "gzip"));

        var failure = (await _scene.SendAsync()).Failure!;

        failure.Reason.Should().Be(RefreshFailureReason.AnswerUnreadable);
        _scene.Endpoint.Requests.Should().HaveCount(requests);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_asked_for_again()
    {
        _scene.Handler = new FakeEndpoint().Then(200, new string('a', (1 << 20) + 1));

        (await _scene.SendAsync()).Failure!.Reason.Should().Be(RefreshFailureReason.AnswerRefused);

        _scene.Endpoint.Requests.Should().ContainSingle();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task The_definition_limits_the_number_of_requests(int attempts)
    {
        _scene.Attempts = attempts;
        _scene.Handler = new FakeEndpoint().Then(Refused());

        var failure = (await _scene.SendAsync()).Failure!;

        failure.RequestsSent.Should().Be(attempts);
        _scene.Endpoint.Requests.Should().HaveCount(attempts);
    }

    [Fact]
    public async Task Requests_made_before_count_towards_the_limit()
    {
        _scene.Handler = new FakeEndpoint().Then(Refused());

        var failure = (await _scene.Step.SendAsync(_scene.Work(), requestsBefore: 1)).Failure!;

        failure.RequestsSent.Should().Be(3);
        _scene.Endpoint.Requests.Should().HaveCount(2);
    }

    [Fact]
    public async Task The_pause_between_attempts_has_full_jitter_below_a_doubling_ceiling()
    {
        var clock = new ImpatientClock();
        _scene.Time = clock;
        _scene.Randomness.Octet = 128;
        _scene.Attempts = 7;
        _scene.Handler = new FakeEndpoint().Then(503);

        await _scene.SendAsync().Within("every pause is over at once");

        clock.Pauses.Should().Equal([100, 200, 401, 803, 1003, 1003], "the random number is a little above one half and timers count whole milliseconds");
    }

    [Fact]
    public async Task Another_attempt_is_not_begun_when_the_time_left_is_too_short()
    {
        _scene.Handler = new FakeEndpoint().Then(async cancellation =>
        {
            _scene.Clock.Advance(TimeSpan.FromSeconds(29));
            await Task.CompletedTask;
            return FakeEndpoint.Answer(503, "{}");
        });

        var result = await _scene.SendAsync();

        result.Value!.Answer.StatusCode.Should().Be(503, "what was learnt counts more than a timeout would");
        _scene.Endpoint.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_machine_that_slept_through_its_deadline_sends_nothing_more()
    {
        _scene.Randomness.Octet = 255;
        _scene.Handler = new FakeEndpoint().Then(503);
        var sending = _scene.SendAsync();
        await _scene.Clock.WaitForTimersAsync();

        _scene.Clock.Suspend(TimeSpan.FromHours(1));
        _scene.Clock.Advance(TimeSpan.FromSeconds(5));
        var result = await sending.Within("the pause ends");

        result.Value!.Answer.StatusCode.Should().Be(503);
        _scene.Endpoint.Requests.Should().ContainSingle();
    }

    private static HttpRequestException Refused() =>
        new(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused));

    /// <summary>Lets short waits end at once and remembers them; it stands still, so that no deadline passes.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public List<double> Pauses { get; } = [];

        public override long GetTimestamp() => 0;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromSeconds(5))
            {
                Pauses.Add(Math.Round(dueTime.TotalMilliseconds));
                ThreadPool.QueueUserWorkItem(_ => callback(state));
            }

            return new Never();
        }

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>A body that breaks while it is read.</summary>
    private sealed class BreakingContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            throw new HttpIOException(HttpRequestError.ResponseEnded);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
