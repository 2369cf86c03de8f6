using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>APIs that tell in the body of an answer that a token has expired.</summary>
public sealed class ExpiryInTheBodyTests
{
    private const string Expired = """{"requestId":"e42b","success":false,"errors":[{"code":"602","message":"Access token expired"}]}""";
    private const string Quota = """{"requestId":"e42b","success":false,"errors":[{"code":"606","message":"Quota reached"}]}""";
    private const string Signal = "status == 200 && body.errors[0].code in ('601', '602')";

    public static TheoryData<string, string, string> Vendors() => new()
    {
        { Signal, "application/json", Expired },
        { "status == 200 && body.errcode in (40001, 42001)", "application/json; charset=UTF-8", """{"errcode":42001,"errmsg":"access_token expired"}""" },
        { "status == 200 && body.status == 401", "application/json", """{"status":401,"body":{},"error":"XRequestID: invalid access token"}""" },
        { "status == 400 && body.code == 99991663", "application/problem+json", """{"code":99991663,"msg":"Invalid access token"}""" },
        { "status == 403 && body.error.code == 3", "application/json", """{"error":{"code":3,"message":"Access token expired"}}""" },
        { "status == 200 && body.response.code == 'expired'", "application/xml", "<response><code>expired</code></response>" },
    };

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_call_is_sent_again_and_its_answer_is_the_callers(string signal, string type, string body)
    {
        var status = int.Parse(signal.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
        await using var program = new Program(signal, call => call == 1 ? Answer(body, type, (HttpStatusCode)status) : Answer("""{"ok":true}"""));

        using var response = await program.GetAsync();

        (await response.Content.ReadAsStringAsync()).Should().Be("""{"ok":true}""");
        program.Calls.Should().Be(2);
        program.Endpoint.TokenRequests.Should().Be(2);
    }

    [Theory]
    [InlineData(Quota)]
    [InlineData("""{"success":true,"result":[]}""")]
    [InlineData("no JSON at all")]
    [InlineData("")]
    public async Task Another_body_is_handed_on_as_it_is(string body)
    {
        await using var program = new Program(Signal, _ => Answer(body));

        using var response = await program.GetAsync();

        (await response.Content.ReadAsStringAsync()).Should().Be(body);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        program.Calls.Should().Be(1);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_means_nothing_and_arrives_whole()
    {
        var body = "{\"errors\":[{\"code\":\"602\"}],\"filler\":\"" + new string('x', 70_000) + "\"}";
        await using var program = new Program(Signal, _ => Answer(body));

        using var response = await program.GetAsync();

        (await response.Content.ReadAsStringAsync()).Should().Be(body);
        program.Calls.Should().Be(1);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "text/event-stream", null)]
    [InlineData(HttpStatusCode.OK, "application/x-ndjson", null)]
    [InlineData(HttpStatusCode.OK, "text/plain", null)]
    [InlineData(HttpStatusCode.OK, "application/json", "gzip")]
    [InlineData(HttpStatusCode.Accepted, "application/json", null)]
    [InlineData(HttpStatusCode.NoContent, "application/json", null)]
    public async Task What_is_not_to_be_read_is_not_read(HttpStatusCode status, string type, string? encoding)
    {
        var body = new WatchedBody(Expired);
        await using var program = new Program("status in (200, 204) && body.errors[0].code == '602'", _ =>
        {
            var answer = Answer("", type, status);
            answer.Content = new StreamContent(body) { Headers = { ContentType = new(type) } };
            if (encoding is not null)
            {
                answer.Content.Headers.ContentEncoding.Add(encoding);
            }

            return answer;
        });

        using var response = await program.GetAsync(HttpCompletionOption.ResponseHeadersRead);

        body.IsRead.Should().BeFalse();
        program.Calls.Should().Be(1);
    }

    [Fact]
    public async Task An_answer_to_HEAD_is_not_read()
    {
        var body = new WatchedBody(Expired);
        await using var program = new Program(Signal, _ => new() { Content = new StreamContent(body) { Headers = { ContentType = new("application/json") } } });

        using var response = await program.SendAsync(new(HttpMethod.Head, "orders"), HttpCompletionOption.ResponseHeadersRead);

        body.IsRead.Should().BeFalse();
    }

    [Fact]
    public async Task A_body_that_comes_slowly_is_let_through_after_a_second_and_loses_no_byte()
    {
        var body = new SlowBody("{\"errors\":", "[{\"code\":\"602\"}]}");
        await using var program = new Program(Signal, _ => new() { Content = new StreamContent(body) { Headers = { ContentType = new("application/json") } } });

        var call = program.GetAsync(HttpCompletionOption.ResponseHeadersRead);
        await body.IsWaited.WaitAsync(TimeSpan.FromSeconds(30));
        await TokenHost.HappensAtOnceAsync(() => program.Time.NextTimerIn <= TimeSpan.FromSeconds(1), "somebody waits a second for the rest");
        call.IsCompleted.Should().BeFalse();
        program.Time.Advance(TimeSpan.FromSeconds(1));
        using var response = await call.WaitAsync(TimeSpan.FromSeconds(30));
        var reading = response.Content.ReadAsStringAsync();
        body.LetGo();

        (await reading).Should().Be("{\"errors\":[{\"code\":\"602\"}]}");
        program.Calls.Should().Be(1);
    }

    [Fact]
    public async Task A_body_that_breaks_off_breaks_off_for_the_caller()
    {
        await using var program = new Program(Signal, _ => new() { Content = new StreamContent(new BrokenBody("{\"err")) { Headers = { ContentType = new("application/json") } } });

        using var response = await program.GetAsync(HttpCompletionOption.ResponseHeadersRead);
        var read = () => response.Content.ReadAsStringAsync();

        (await read.Should().ThrowAsync<HttpRequestException>()).WithInnerException<IOException>().WithMessage("*broke*");
    }

    [Fact]
    public async Task A_synchronous_call_looks_into_the_body_as_well()
    {
        await using var program = new Program(Signal, call => call == 1 ? Answer(Expired) : Answer("{}"));

        using var response = program.Http.Send(new(HttpMethod.Get, "orders"));

        program.Calls.Should().Be(2);
    }

    [Fact]
    public async Task An_expiry_whose_request_cannot_be_sent_again_is_handed_back()
    {
        await using var program = new Program(Signal, _ => Answer(Expired), limit: 0);
        using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = new StreamContent(new WatchedBody("one way")) };

        using var response = await program.SendAsync(request, HttpCompletionOption.ResponseContentRead);

        (await response.Content.ReadAsStringAsync()).Should().Be(Expired);
        program.Calls.Should().Be(1);
    }

    [Fact]
    public void A_condition_on_the_body_names_its_statuses()
    {
        var start = () => new Program("body.errors[0].code == '602'", _ => Answer("{}")).Http;

        start.Should().Throw<Exception>().WithMessage("*ExpirySignals*reads body and names no status*");
    }

    [Theory]
    [InlineData("403")]
    [InlineData("status == 403 && body.error.code == 26")]
    public async Task An_hour_of_used_up_quota_costs_at_most_two_token_requests(string signal)
    {
        var isUsedUp = true;
        await using var program = new Program(signal, _ => isUsedUp ? Answer("""{"error":{"code":26}}""", status: HttpStatusCode.Forbidden) : Answer("{}"));

        for (var second = 0; second < 3600; second++)
        {
            using var response = await program.GetAsync();
            response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
            program.Time.Advance(TimeSpan.FromSeconds(1));
        }

        program.Endpoint.TokenRequests.Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task After_a_call_that_succeeded_a_refusal_is_believed_again()
    {
        var refuses = true;
        await using var program = new Program("403", _ => refuses ? new(HttpStatusCode.Forbidden) : new());
        for (var call = 0; call < 20; call++)
        {
            await program.GetAsync();
        }

        var before = program.Endpoint.TokenRequests;
        program.Time.Advance(TimeSpan.FromMinutes(10));
        await program.GetAsync();
        program.Endpoint.TokenRequests.Should().Be(before, "twenty refusals in a row wait for longer");
        refuses = false;
        await program.GetAsync();
        refuses = true;
        await program.GetAsync();

        program.Endpoint.TokenRequests.Should().Be(before + 1);
    }

    private static HttpResponseMessage Answer(string body, string type = "application/json", HttpStatusCode status = HttpStatusCode.OK)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return new(status) { Content = content };
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        public Program(string signal, Func<int, HttpResponseMessage> answer, int limit = 65_536)
        {
            Endpoint = new(time: Time);
            var services = new ServiceCollection();
            services.AddLogging();
            services.AddTokenRefresh("crm", token =>
            {
                token.TokenEndpoint = Endpoint.Address.AbsoluteUri;
                token.Grant = TokenGrants.ClientCredentials;
                token.Client.Id = FakeTokenEndpoint.DefaultClientId;
                token.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                token.Response.Lifetime = TimeSpan.FromDays(1);
                token.Placement.ExpirySignals = signal;
                token.Placement.ReplayBufferLimit = limit;
            });
            services.AddHttpClient("api", http => http.BaseAddress = new("https://api.example.com")).AddTokenRefreshHandler("crm")
                .ConfigurePrimaryHttpMessageHandler(() => new Api(() => answer(++Calls)));
            services.UseFakeTokenEndpoint("crm", Endpoint).UseManualTime(Time);
            _services = services.BuildServiceProvider();
        }

        public ManualTimeProvider Time { get; } = new();

        public FakeTokenEndpoint Endpoint { get; }

        public int Calls { get; private set; }

        public HttpClient Http => RealClient.Of(_services);

        public Task<HttpResponseMessage> GetAsync(HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead) =>
            SendAsync(new(HttpMethod.Get, "orders"), completion);

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion) => Http.SendAsync(request, completion);

        public ValueTask DisposeAsync() => _services.DisposeAsync();
    }

    private sealed class Api(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Content?.CopyTo(Stream.Null, null, cancellationToken);
            var response = answer();
            response.RequestMessage = request;
            return response;
        }
    }

    private class WatchedBody(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public bool IsRead { get; private set; }

        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count)
        {
            IsRead = true;
            return base.Read(buffer, offset, count);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            IsRead = true;
            return base.ReadAsync(buffer, cancellationToken);
        }
    }

    private sealed class BrokenBody(string text) : WatchedBody(text)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is var read and > 0 ? read : throw new IOException("The connection broke.");
    }

    private sealed class SlowBody(string first, string rest) : Stream
    {
        private readonly TaskCompletionSource _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;

        public Task IsWaited => _waited.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void LetGo() => _go.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            switch (++_reads)
            {
                case 1:
                    return Encoding.UTF8.GetBytes(first, buffer.Span);
                case 2:
                    _waited.SetResult();
                    await _go.Task.WaitAsync(cancellationToken);
                    return Encoding.UTF8.GetBytes(rest, buffer.Span);
                default:
                    return 0;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
