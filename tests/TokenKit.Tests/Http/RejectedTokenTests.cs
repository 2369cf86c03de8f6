using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TokenKit.Definitions;
using TokenKit.Http;
using TokenKit.Work;

namespace TokenKit.Tests;

public sealed class RejectedTokenTests
{
    [Fact]
    public async Task A_rejected_token_is_renewed_and_the_request_sent_once_more()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"));

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Select(sent => sent.Authorization).Should().Equal("Bearer access-1", "Bearer access-2");
        fixture.Network.Bodies.Select(body => body.IsDisposed).Should().Equal(true, false);
        fixture.Source.Demands.Last().Rejected!.Generation.Should().Be(1);
    }

    [Theory]
    [InlineData("https://api.example.com/")]
    [InlineData("https://api.example.com/?signed=1")]
    public async Task A_newer_token_is_asked_for_the_same_subject(string address)
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), address.Contains('?', StringComparison.Ordinal)
            ? HandlerFixture.Bearer with { Query = [FixedTemplate.Field("key", "${subject}")] }
            : null);

        using var response = await fixture.SendAsync(new HttpRequestMessage(HttpMethod.Get, address).SetTokenSubject("north"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Source.Demands.Select(static demand => (demand.Subject, Rejected: demand.Rejected?.Generation)).Should().Equal(("north", null), ("north", 1L));
    }

    [Fact]
    public async Task A_second_rejection_is_returned()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("nothing"));

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Sent.Should().HaveCount(2);
        fixture.Source.Renewals.Should().Be(2);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(407)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Other_statuses_never_renew(int status)
    {
        using var fixture = new HandlerFixture(_ => new HttpResponseMessage((HttpStatusCode)status));

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        ((int)response.StatusCode).Should().Be(status);
        fixture.Source.Renewals.Should().Be(1);
        fixture.Network.Sent.Should().ContainSingle();
    }

    [Fact]
    public async Task A_status_that_the_definition_lists_renews()
    {
        using var fixture = new HandlerFixture(
            sent => new HttpResponseMessage(sent.Authorization == "Bearer access-1" ? HttpStatusCode.Forbidden : HttpStatusCode.OK),
            HandlerFixture.Bearer with { ExpiryStatuses = [401, 403] });

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_condition_on_a_success_renews()
    {
        using var fixture = new HandlerFixture(
            sent =>
            {
                var response = new HttpResponseMessage();
                response.Headers.Add("X-Token-Expired", sent.Authorization == "Bearer access-1" ? "true" : "");
                return response;
            },
            HandlerFixture.Bearer with { ExpiryConditions = [new ExpiryCondition(new FixedCondition(scope => scope.Resolve("header", "x-token-expired")), null)] });

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        fixture.Network.Sent.Select(sent => sent.Authorization).Should().Equal("Bearer access-1", "Bearer access-2");
    }

    [Theory]
    [InlineData(true, "Bearer")]
    [InlineData(true, "Bearer error=\"invalid_token\", error_description=\"a, b\"")]
    [InlineData(true, "Basic realm=\"x, y\", Bearer realm=\"z\", error=\"invalid_token\"")]
    [InlineData(true, "Bearer error=\"invalid_token\", Basic realm=\"x\"")]
    [InlineData(true, "OAuth realm=\"api\"")]
    [InlineData(true, "Token")]
    [InlineData(true, "\"not a challenge at all")]
    [InlineData(true, "Bearer realm=\"error=\\\"insufficient_scope\\\"\"")]
    [InlineData(false, "Bearer error=\"insufficient_scope\", scope=\"orders\"")]
    [InlineData(false, "bearer realm=\"a, b\", error=insufficient_scope")]
    [InlineData(false, "Basic realm=\"x\", Bearer error=\"insufficient_scope\"")]
    [InlineData(false, "Bearer error=\"invalid_request\"")]
    [InlineData(false, "Basic realm=\"x\"")]
    [InlineData(false, "Negotiate, NTLM")]
    [InlineData(false, "Digest realm=\"x\", nonce=\"y\"")]
    public async Task The_challenge_decides_whether_a_new_token_could_help(bool renews, string challenge)
    {
        using var fixture = new HandlerFixture(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge);
            return response;
        });

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        fixture.Source.Renewals.Should().Be(renews ? 2 : 1);
    }

    [Fact]
    public async Task Challenges_on_several_lines_are_read_together()
    {
        using var fixture = new HandlerFixture(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", "Negotiate");
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", "Bearer error=\"invalid_token\"");
            return response;
        });

        await fixture.GetAsync(HandlerFixture.Api);

        fixture.Source.Renewals.Should().Be(2);
    }

    [Theory]
    [InlineData(2, "Bearer realm=\"x\"", "Bearer error=\"invalid_token\"")]
    [InlineData(1, "Bearer realm=\"x\"", "Bearer error=\"insufficient_scope\"")]
    [InlineData(1, "Bearer error=\"insufficient_scope\"", "Bearer error=\"invalid_token\"")]
    [InlineData(2, "OAuth error=\"insufficient_scope\"", "Bearer error=\"invalid_token\"")]
    public async Task Of_several_challenges_to_the_tokens_scheme_all_count(int renewals, params string[] challenges)
    {
        using var fixture = new HandlerFixture(_ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenges);
            return response;
        });

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        fixture.Source.Renewals.Should().Be(renewals);
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(2, "Bearer error=\"invalid_token\"")]
    [InlineData(1, "Bearer error=\"insufficient_scope\"")]
    public async Task A_challenge_counts_for_any_status_that_means_expired(int renewals, string? challenge)
    {
        using var fixture = new HandlerFixture(
            _ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.Forbidden);
                if (challenge is not null)
                {
                    response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenge);
                }

                return response;
            },
            HandlerFixture.Bearer with { ExpiryStatuses = [401, 403] });

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        fixture.Source.Renewals.Should().Be(renewals);
    }

    [Fact]
    public async Task Where_a_later_handler_leads_the_call_to_another_origin_its_401_is_handed_back()
    {
        var logger = new ListLogger();
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), inner: new Leading("https://elsewhere.example/orders"), logger: logger);

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Sent.Should().ContainSingle();
        logger.Entries.Should().Contain(entry => entry.Id == 1006 && entry.Text.Contains("AllowedOrigins"));
        await fixture.Spawner.RunAllAsync();
        fixture.Source.Renewals.Should().Be(2, "the next call gets a newer token");
    }

    [Fact]
    public async Task What_a_later_handler_does_to_the_path_it_does_once_for_each_send()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), inner: new Leading("v2/"));

        using var response = await fixture.GetAsync($"{HandlerFixture.Api}/orders");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Select(static sent => sent.Url).Should().Equal($"{HandlerFixture.Api}/v2/orders", $"{HandlerFixture.Api}/v2/orders");
    }

    [Fact]
    public async Task Five_hundred_rejections_of_one_token_cost_one_renewal()
    {
        const int Callers = 500;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rejected = 0;
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), inner: new HoldingHandler(async sent =>
        {
            if (sent.Headers.Authorization!.ToString() == "Bearer access-1")
            {
                if (Interlocked.Increment(ref rejected) == Callers)
                {
                    all.SetResult();
                }

                await all.Task.WaitAsync(TimeSpan.FromSeconds(30));
            }
        }));
        await fixture.Source.GetTokenAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => fixture.GetAsync(HandlerFixture.Api)));

        answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
        fixture.Source.Renewals.Should().Be(2);
        fixture.Network.Sent.Should().HaveCount(2 * Callers);
    }

    [Fact]
    public async Task Where_no_newer_token_is_to_be_had_the_answer_is_returned_untouched()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"));
        fixture.Source.IsFloored = true;

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Sent.Should().ContainSingle();
        fixture.Network.Bodies[0].IsDisposed.Should().BeFalse();
    }

    [Fact]
    public async Task When_the_renewal_fails_the_apis_own_answer_is_returned()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"));
        await fixture.Source.GetTokenAsync();
        fixture.Source.Failure = new(RefreshFailureReason.ServerError, "The token endpoint failed.");

        using var response = await fixture.GetAsync(HandlerFixture.Api);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Bodies[0].IsDisposed.Should().BeFalse();
    }

    [Fact]
    public async Task A_caller_who_cancels_while_waiting_for_the_newer_token_gets_his_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        HandlerFixture? fixture = null;
        fixture = new HandlerFixture(sent =>
        {
            fixture!.Source.Gate = new TaskCompletionSource().Task;
            return new HttpResponseMessage(HttpStatusCode.Unauthorized);
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api);

        var sending = fixture.SendAsync(request, cancellation.Token);
        sending.IsCompleted.Should().BeFalse();
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => sending).Should().ThrowAsync<OperationCanceledException>();
        fixture.Network.Bodies[0].IsDisposed.Should().BeTrue();
        fixture.Dispose();
    }

    private static PlacementDefinition NothingKept => HandlerFixture.Bearer with { ReplayBufferLimit = 0 };

    public static TheoryData<string, HttpContent?> Replayable() => new()
    {
        { "none", null },
        { "string", new StringContent("text", null, "text/csv") },
        { "bytes", new ByteArrayContent([1, 2, 3]) },
        { "memory", new ReadOnlyMemoryContent(new byte[] { 4, 5 }) },
        { "form", new FormUrlEncodedContent([new("a", "b c")]) },
        { "json", JsonContent.Create(new { a = 1 }) },
        { "json of nothing", JsonContent.Create<string?>(null) },
        { "json of a text", JsonContent.Create("text") },
        { "json of an array", JsonContent.Create(new[] { 1, 2, 3 }) },
        { "json of lists and maps", JsonContent.Create(new Dictionary<string, object> { ["a"] = new List<object> { 1, "b", Guid.Empty, DateTimeOffset.UnixEpoch }, ["c"] = new HashSet<int> { 1 } }) },
        { "json of records", JsonContent.Create(new[] { new Order("a", ["x", "y"]), new Order("b", ImmutableArray.Create("z")) }) },
        { "json of a record of values", JsonContent.Create(new Address(new Uri("https://a.example"), 1.5m, DayOfWeek.Friday, (1, "x"), new Order("b", []))) },
        { "json of a ring that its author breaks", JsonContent.Create(new Node("a")) },
        { "json of a document", JsonContent.Create(JsonNode.Parse("""{"a":[1,{"b":null}]}""")) },
        { "json of an element", JsonContent.Create(JsonElement.Parse("""{"a":[1]}""")) },
        { "multipart", new MultipartContent("mixed", "edge") { new StringContent("one"), new ByteArrayContent([7]) } },
        { "form data", new MultipartFormDataContent("edge") { { new StringContent("one"), "part" }, { new MultipartContent("mixed", "inner") { new StringContent("two") }, "nested" } } },
    };

    [Theory]
    [MemberData(nameof(Replayable))]
    public async Task A_body_that_can_be_read_again_is_sent_again_whole(string kind, HttpContent? content)
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"));
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = content };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK, kind);
        fixture.Network.Sent[1].Body.Should().BeEquivalentTo(fixture.Network.Sent[0].Body);
        fixture.Network.Sent[1].ContentType.Should().Be(fixture.Network.Sent[0].ContentType);
    }

    public static TheoryData<string, HttpContent> ReadOnce() => new()
    {
        { "stream", new StreamContent(new CountedStream([1, 2, 3])) },
        { "derived", new DerivedContent("text") },
        { "own", new OwnContent() },
        { "multipart with a stream", new MultipartContent { new StringContent("one"), new StreamContent(new CountedStream([1])) } },
        { "derived multipart", new DerivedMultipart { new StringContent("one") } },
        { "json of an asynchronous sequence", JsonContent.Create(Sequences.Channel(1, 2, 3)) },
        { "json of a sequence", JsonContent.Create(Sequences.Once(1, 2, 3)) },
        { "json of a sequence in an object", JsonContent.Create(new { Name = "a", Rows = Sequences.Once(1, 2) }) },
        { "json of an asynchronous sequence in an object", JsonContent.Create(new { Rows = Sequences.Channel(1, 2) }) },
        { "json of a sequence in an object in a list", JsonContent.Create(new List<object> { 1, new Order("a", Sequences.Once("x")) }) },
        { "json of a sequence in a map", JsonContent.Create(new Dictionary<string, object?> { ["a"] = null, ["rows"] = Sequences.Once(1) }) },
        { "json of a sequence behind an interface", JsonContent.Create<object>(new Order("a", Sequences.Once("x"))) },
        { "json of a reader behind a property", JsonContent.Create(new Rows(Sequences.Once(1, 2).GetEnumerator())) },
        { "multipart with json of a sequence", new MultipartContent { new StringContent("one"), JsonContent.Create(Sequences.Once(1)) } },
    };

    [Theory]
    [MemberData(nameof(ReadOnce))]
    public async Task A_body_that_can_be_read_only_once_is_not_sent_again_and_the_token_is_renewed_for_the_next_call(string kind, HttpContent content)
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), NothingKept);
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = content };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized, kind);
        fixture.Network.Sent.Should().ContainSingle();
        fixture.Network.Bodies[0].IsDisposed.Should().BeFalse();
        fixture.Source.Renewals.Should().Be(1, "the caller does not wait for the renewal");
        fixture.Spawner.Waiting.Should().Be(1);

        await fixture.Spawner.RunAllAsync();
        using var next = await fixture.GetAsync(HandlerFixture.Api);
        next.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_report_carries_nothing_of_the_callers_context()
    {
        var ambient = new AsyncLocal<string?>();
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), NothingKept, spawner: new ThreadPoolSpawner());
        fixture.Source.Issue = number =>
        {
            if (number == 2)
            {
                seen.SetResult(ambient.Value);
            }

            return new() { AccessToken = new($"access-{number}"), Lifetime = TimeSpan.FromHours(1) };
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new StreamContent(new CountedStream([1])) };
        ambient.Value = "the caller's";

        await fixture.SendAsync(request);

        (await seen.Task.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeNull();
    }

    [Fact]
    public async Task Logs_say_what_happened_and_hold_no_token_and_no_path()
    {
        var logger = new ListLogger();
        using var fixture = new HandlerFixture(OnlyAccepts("nothing"), NothingKept, logger: logger);
        using var stream = new HttpRequestMessage(HttpMethod.Post, "https://api.example.com/private?q=private") { Content = new StreamContent(new CountedStream([1])) };

        await fixture.GetAsync("https://api.example.com/private?q=private");
        await fixture.SendAsync(stream);

        logger.Entries.Select(entry => entry.Id).Should().Equal(1005, 1000, 1005, 1001, 1005, 1000, 1002);
        logger.Entries.Should().OnlyContain(entry =>
            !entry.Text.Contains("access-") && !entry.Text.Contains("private"));
    }

    [Fact]
    public async Task A_report_whose_renewal_fails_hurts_nobody()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), NothingKept);
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new StreamContent(new CountedStream([1])) };
        await fixture.SendAsync(request);
        fixture.Source.Failure = new(RefreshFailureReason.ServerError, "The token endpoint failed.");

        await fixture.Spawner.Invoking(spawner => spawner.RunAllAsync()).Should().NotThrowAsync();
    }

    [Fact]
    public async Task A_stream_within_the_limit_is_kept_while_it_is_sent_and_sent_again()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), HandlerFixture.Bearer with { ReplayBufferLimit = 3 });
        var stream = new CountedStream([1, 2, 3]);
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new StreamContent(stream) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("image/png");

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Select(sent => sent.Body).Should().AllBeEquivalentTo(new byte[] { 1, 2, 3 });
        fixture.Network.Sent.Should().OnlyContain(sent => sent.ContentType == "image/png");
        stream.BytesRead.Should().Be(3);
    }

    [Fact]
    public async Task Json_of_a_sequence_within_the_limit_is_sent_again_with_the_same_bytes()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), HandlerFixture.Bearer with { ReplayBufferLimit = 100 });
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = JsonContent.Create(Sequences.Channel(1, 2, 3)) };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Select(sent => sent.BodyText).Should().Equal("[1,2,3]", "[1,2,3]");
    }

    [Fact]
    public async Task A_sequence_in_json_is_read_once_and_its_rest_stays_where_it_is()
    {
        var channel = Channel.CreateUnbounded<int>();
        for (var number = 0; number < 4; number++)
        {
            await channel.Writer.WriteAsync(number);
        }

        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), NothingKept);
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = JsonContent.Create(channel.Reader.ReadAllAsync().Take(2)) };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Sent.Should().ContainSingle().Which.BodyText.Should().Be("[0,1]");
        channel.Reader.Count.Should().Be(2);
    }

    [Fact]
    public async Task A_stream_beyond_the_limit_is_sent_whole_and_not_again()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), HandlerFixture.Bearer with { ReplayBufferLimit = 3 });
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new OwnContent() };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Sent.Should().ContainSingle().Which.Body.Should().Equal(1, 2, 3, 4);
    }

    private static Func<SentRequest, HttpResponseMessage> OnlyAccepts(string token) =>
        sent => new(sent.Authorization == $"Bearer {token}" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);

    private sealed class ListLogger : ILogger<TokenRefreshHandler>
    {
        public List<(int Id, string Text)> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Add((eventId.Id, formatter(state, exception)));
    }

    private sealed class HoldingHandler(Func<HttpRequestMessage, Task> hold) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await hold(request);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Changes the caller's own message: to another address, or by a prefix to the path.</summary>
    private sealed class Leading(string where) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!;
            request.RequestUri = where.StartsWith("https", StringComparison.Ordinal)
                ? new(where)
                : new Uri(address, $"/{where}{address.AbsolutePath.TrimStart('/')}");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class DerivedContent(string text) : StringContent(text);

    private sealed class DerivedMultipart : MultipartContent;

    private sealed record Order(string Name, IEnumerable<string> Rows);

    private sealed record Address(Uri Where, decimal Price, DayOfWeek Day, (int Number, string Text) Pair, Order? Order);

    private sealed class Rows(IEnumerator<int> rows)
    {
        public List<int> All
        {
            get
            {
                var all = new List<int>();
                while (rows.MoveNext())
                {
                    all.Add(rows.Current);
                }

                return all;
            }
        }
    }

    private sealed class Node
    {
        public Node(string name) => (Name, Parent) = (name, this);

        public string Name { get; }

        [JsonIgnore]
        public Node Parent { get; }
    }

    private sealed class OwnContent : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[] { 1, 2 });
            await stream.WriteAsync(new byte[] { 3, 4 });
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class CountedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public int BytesRead { get; private set; }

        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            BytesRead += read;
            return read;
        }
    }
}
