using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Definitions;

namespace TokenKit.Tests;

/// <summary>Bodies that cannot be had again by themselves, and what becomes of them after an expiry.</summary>
public sealed class WatchedBodyTests
{
    public static TheoryData<string, HttpContent> Kept() => new()
    {
        { "a stream that cannot seek", new StreamContent(new OnceStream("12345")) },
        { "a type derived from StringContent", new Captured("12345") },
        { "a content of its own", new Pushed("12345") },
        { "a content of its own with a length", new Pushed("12345", hasLength: true) },
        { "form data with a stream", new MultipartFormDataContent("edge") { { new StreamContent(new OnceStream("12345")), "file" } } },
        { "json of a channel", JsonContent.Create(Sequences.Channel(1, 2, 3)) },
        { "json of a sequence", JsonContent.Create(Sequences.Once(1, 2, 3)) },
    };

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task A_body_of_any_kind_is_sent_again_with_the_same_bytes(string kind, HttpContent content)
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"));
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = content };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK, kind);
        fixture.Network.Sent.Should().HaveCount(2);
        fixture.Network.Sent[1].Body.Should().Equal(fixture.Network.Sent[0].Body).And.NotBeEmpty();
        fixture.Network.Sent[1].ContentType.Should().Be(fixture.Network.Sent[0].ContentType);
    }

    [Fact]
    public async Task A_stream_over_memory_is_rewound_however_long_it_is()
    {
        var bytes = new byte[1_000_000];
        Random.Shared.NextBytes(bytes);
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), HandlerFixture.Bearer with { ReplayBufferLimit = 0 });
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new StreamContent(new MemoryStream(bytes)) };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Should().OnlyContain(sent => sent.Body!.SequenceEqual(bytes));
    }

    [Fact]
    public async Task What_was_read_into_the_buffer_before_is_sent_again_from_there()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"), HandlerFixture.Bearer with { ReplayBufferLimit = 0 });
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new StreamContent(new OnceStream("12345")) };
        await request.Content.LoadIntoBufferAsync();

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        fixture.Network.Sent.Select(sent => sent.BodyText).Should().Equal("12345", "12345");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_beyond_the_limit_is_sent_whole_and_its_answer_handed_back(bool hasLength)
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"));
        var body = new string('x', 70_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Pushed(body, hasLength) };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Sent.Should().ContainSingle().Which.BodyText.Should().Be(body);
    }

    [Theory]
    [InlineData(33_000, false, true)]
    [InlineData(60_000, false, true)]
    [InlineData(60_000, true, true)]
    [InlineData(65_535, false, true)]
    [InlineData(65_536, false, true)]
    [InlineData(65_536, true, true)]
    [InlineData(65_537, false, false)]
    [InlineData(65_537, true, false)]
    public async Task The_default_limit_is_64_KiB_to_the_byte(int length, bool hasLength, bool isSentAgain)
    {
        var body = string.Create(length, 0, static (text, _) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = (char)('a' + (i % 23));
            }
        });
        foreach (var isSynchronous in (bool[])[false, true])
        {
            using var fixture = new HandlerFixture(OnlyAccepts("access-2"));
            using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Pushed(body, hasLength) };

            using var response = isSynchronous ? fixture.Send(request) : await fixture.SendAsync(request);

            response.StatusCode.Should().Be(isSentAgain ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
            fixture.Network.Sent.Should().HaveCount(isSentAgain ? 2 : 1).And.OnlyContain(sent => sent.BodyText == body);
        }
    }

    [Fact]
    public async Task A_body_that_was_never_begun_is_sent_however_long_it_is()
    {
        var sent = new List<string>();
        using var fixture = Answering(async (request, attempt) =>
        {
            if (attempt > 1)
            {
                sent.Add(await request.Content!.ReadAsStringAsync());
            }
        });
        var body = new string('x', 1 << 20);
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Pushed(body) };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        sent.Should().Equal(body);
    }

    [Fact]
    public async Task Over_a_socket_a_body_that_the_server_did_not_want_yet_is_sent_with_the_newer_token()
    {
        await using var api = new RawApi(head => head.Contains("access-1", StringComparison.Ordinal)
            ? "HTTP/1.1 401 Unauthorized"
            : "HTTP/1.1 200 OK");
        await using var services = RealClient.Register(api.Url);
        using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = new Pushed(new string('x', 1 << 20), hasLength: true) };
        request.Headers.ExpectContinue = true;

        using var response = await RealClient.Of(services).SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        api.Heads.Should().HaveCount(2).And.OnlyContain(head => head.Contains("Expect: 100-continue", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_in_the_middle_of_a_body_is_handed_back()
    {
        using var fixture = Answering(async (request, _) =>
        {
            // As a server that has read enough: the sending breaks off, and the answer is there.
            var few = new CutStream(3);
            await FluentActions.Awaiting(() => request.Content!.CopyToAsync(few)).Should().ThrowAsync<Exception>();
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Pushed("12345") };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Source.Renewals.Should().Be(1, "the renewal is for the next call");
    }

    [Fact]
    public async Task A_body_whose_sending_begins_after_the_answer_is_not_sent_twice()
    {
        HttpContent? first = null;
        var bodies = new List<string>();
        using var fixture = Answering(async (request, attempt) =>
        {
            if (attempt == 1)
            {
                first = request.Content;
                return;
            }

            await FluentActions.Awaiting(() => first!.CopyToAsync(new MemoryStream())).Should().ThrowAsync<HttpRequestException>();
            bodies.Add(await request.Content!.ReadAsStringAsync());
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Pushed("12345") };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        bodies.Should().Equal("12345");
    }

    [Fact]
    public async Task A_body_that_begins_while_the_token_is_renewed_is_handed_back()
    {
        HttpContent? content = null;
        using var fixture = Answering((request, _) =>
        {
            content = request.Content;
            return Task.CompletedTask;
        });
        var begun = false;
        fixture.Source.Issue = number =>
        {
            if (number == 2)
            {
                begun = content!.CopyToAsync(new CutStream(3)).IsFaulted;
            }

            return new() { AccessToken = new($"access-{number}"), Lifetime = TimeSpan.FromHours(1) };
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Pushed("12345") };

        using var response = await fixture.SendAsync(request);

        begun.Should().BeTrue();
        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_body_of_an_answered_request_can_still_be_looked_at()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-1"));
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Captured("12345") };

        using var response = await fixture.SendAsync(request);

        (await response.RequestMessage!.Content!.ReadAsStringAsync()).Should().Be("12345");
    }

    [Fact]
    public async Task A_plain_body_goes_out_on_the_callers_own_message()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-1"));
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = JsonContent.Create(new { a = 1 }) };

        using var response = await fixture.SendAsync(request);

        fixture.Network.Sent.Single().Message.Should().BeSameAs(request, "a usual call copies nothing");
    }

    [Fact]
    public async Task A_conversation_of_grpc_is_not_copied()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-1"));
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Grpc.Net.Client.Internal.PushStreamContent<int, int>() };

        using var response = await fixture.SendAsync(request);

        fixture.Network.Sent.Single().Message.Should().BeSameAs(request);
    }

    [Fact]
    public async Task The_refusal_of_a_conversation_of_grpc_is_handed_back()
    {
        using var fixture = new HandlerFixture(OnlyAccepts("access-2"));
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Grpc.Net.Client.Internal.PushStreamContent<int, int>() };

        using var response = await fixture.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        fixture.Network.Sent.Should().ContainSingle();
        await fixture.Spawner.RunAllAsync();
        fixture.Source.Renewals.Should().Be(2, "the next call has a newer token");
    }

    [Theory]
    [InlineData("application/grpc", "16", "2.0", 2)]
    [InlineData("application/grpc+proto", "16", "2.0", 2)]
    [InlineData("application/grpc", "16", "3.0", 2)]
    [InlineData("application/grpc", "16", "1.1", 1)]
    [InlineData("application/grpc", "7", "2.0", 1)]
    [InlineData("application/json", "16", "2.0", 1)]
    public async Task Unauthenticated_as_grpc_says_it_over_http_2_is_an_expiry(string type, string status, string version, int requests)
    {
        using var fixture = new HandlerFixture(_ =>
        {
            var response = new HttpResponseMessage { Content = new ByteArrayContent([]), Version = new(version) };
            response.Content.Headers.ContentType = new(type);
            response.Headers.Add("grpc-status", status);
            return response;
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, HandlerFixture.Api) { Content = new Pushed("call") };

        using var response = await fixture.SendAsync(request);

        fixture.Network.Sent.Should().HaveCount(requests);
    }

    private static Func<SentRequest, HttpResponseMessage> OnlyAccepts(string token) =>
        sent => new(sent.Authorization == $"Bearer {token}" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);

    /// <summary>A network that does with the body what the test says, refuses the first token and accepts the second.</summary>
    private static HandlerFixture Answering(Func<HttpRequestMessage, int, Task> read) => new(inner: new Network(read));

    private sealed class Network(Func<HttpRequestMessage, int, Task> read) : DelegatingHandler
    {
        private int _attempts;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await read(request, ++_attempts);
            return new(request.Headers.Authorization!.Parameter == "access-2" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        }
    }

    private sealed class Captured(string text) : StringContent(text);

    private sealed class Pushed(string text, bool hasLength = false) : HttpContent
    {
        private bool _isRead;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _isRead.Should().BeFalse("it is read once");
            _isRead = true;
            foreach (var part in text.Chunk(1000))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(part));
                await stream.FlushAsync();
            }
        }

        protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            stream.Write(Encoding.ASCII.GetBytes(text));

        protected override bool TryComputeLength(out long length)
        {
            length = text.Length;
            return hasLength;
        }
    }

    private sealed class OnceStream(string text) : MemoryStream(Encoding.ASCII.GetBytes(text))
    {
        public override bool CanSeek => false;
    }

    private sealed class CutStream(int length) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length + buffer.Length > length ? throw new IOException("The server has read enough.") : base.WriteAsync(buffer, cancellationToken);
    }
}
