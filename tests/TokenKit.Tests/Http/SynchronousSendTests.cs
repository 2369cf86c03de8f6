using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TokenKit.Testing;

namespace TokenKit.Tests;

public sealed class SynchronousSendTests
{
    [Fact]
    public async Task A_call_on_a_waiting_thread_carries_its_token()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = RealClient.Register(api.Url);

        using var response = RealClient.Of(services).Send(new(HttpMethod.Get, "orders"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        api.Heads.Single().Should().Contain("Authorization: Bearer access-1");
    }

    [Fact]
    public async Task A_401_is_answered_with_a_newer_token_and_the_same_body()
    {
        var sent = new List<string>();
        await using var services = RealClient.Register(
            client => client.BaseAddress = new("https://api.example.com"), client => client.ConfigurePrimaryHttpMessageHandler(() => new OnTheSpot(sent)));
        using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = new StreamContent(new Unseekable("12345")) };

        using var response = RealClient.Of(services).Send(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        sent.Should().Equal("access-1 12345", "access-2 12345");
    }

    [Fact]
    public async Task A_redirect_is_followed()
    {
        await using var other = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var api = new RawApi(_ => $"HTTP/1.1 302 Found\r\nLocation: {other.Url}/x");
        await using var services = RealClient.Register(api.Url);

        using var response = RealClient.Of(services).Send(new(HttpMethod.Get, "orders"));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        other.Heads.Single().Should().NotContain("access-");
    }

    [Fact]
    public async Task The_thread_waits_for_a_flight_that_runs_on_its_own()
    {
        await using var program = new Program();
        using var http = program.Client();
        using var held = program.Endpoint.HoldNext();

        var calls = Enumerable.Range(0, 20).Select(_ => OnAThread(() => http.Send(new(HttpMethod.Get, "orders")))).ToList();
        await program.Endpoint.WaitForRequestsAsync(1);
        held.Release();
        var answers = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60));

        answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    [Fact]
    public async Task A_caller_who_leaves_is_cancelled_and_the_refresh_goes_on()
    {
        await using var program = new Program();
        using var http = program.Client();
        using var held = program.Endpoint.HoldNext();
        using var leaving = new CancellationTokenSource();

        var call = OnAThread(() => http.Send(new(HttpMethod.Get, "orders"), leaving.Token));
        await program.Endpoint.WaitForRequestsAsync(1);
        await leaving.CancelAsync();

        await FluentActions.Awaiting(() => call.WaitAsync(TimeSpan.FromSeconds(60))).Should().ThrowAsync<OperationCanceledException>();
        held.Release();
        using var answer = await http.GetAsync("orders");
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        program.Endpoint.TokenRequests.Should().Be(1);
    }

    [Theory]
    [InlineData("a subject")]
    [InlineData("a signer")]
    [InlineData("an assertion on the call")]
    [InlineData("a parameter")]
    [InlineData("another token on the call")]
    public async Task The_code_of_others_never_runs_in_the_callers_context(string what)
    {
        var seen = new List<SynchronizationContext?>();
        async ValueTask<T> LookAsync<T>(T value)
        {
            seen.Add(SynchronizationContext.Current);
            await Task.Yield();
            seen.Add(SynchronizationContext.Current);
            return value;
        }

        await using var program = new Program(
            token =>
            {
                switch (what)
                {
                    case "a subject":
                        token.UseSubject((_, _) => LookAsync<string?>("alice"));
                        break;
                    case "a signer":
                        token.Services.AddKeyedSingleton<IRequestSigner>("house", new Signer(() => LookAsync(0)));
                        break;
                    case "an assertion on the call":
                        token.Services.AddKeyedSingleton<IAssertionSource>("saml", new Source(() => LookAsync("assertion")));
                        break;
                    case "a parameter":
                        token.UseParamResolver(["host"], (_, _, _) => LookAsync<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["host"] = "eu" }));
                        break;
                    default:
                        token.Services.AddTokenRefresh("other", static options => options.Response.AccessToken = "body.token").UseInMemoryStore();
                        token.Services.AddKeyedSingleton<ITokenRequester>("other", new Requester(() => LookAsync(
                            new TokenAnswer(200, new Dictionary<string, IReadOnlyList<string>>(), "{\"token\":\"other-1\"}"u8.ToArray()))));
                        break;
                }
            },
            options =>
            {
                options.Placement.Sign = what == "a signer" ? "house" : null;
                var header = what switch
                {
                    "an assertion on the call" => "${assertion.saml}",
                    "a parameter" => "${param.host}",
                    "another token on the call" => "${tokens.other.access}",
                    _ => "none",
                };
                options.Placement.Headers["X-Own"] = header;
            });
        using var http = program.Client();

        var answer = await OnAThread(() =>
        {
            // What is posted here is never run, as on a thread that waits.
            SynchronizationContext.SetSynchronizationContext(new DeadContext());
            return http.Send(new(HttpMethod.Get, "orders"));
        }).WaitAsync(TimeSpan.FromSeconds(60));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        seen.Should().HaveCountGreaterThanOrEqualTo(2).And.OnlyContain(static context => context == null);
    }

    [Fact]
    public async Task A_failure_is_thrown_as_it_is()
    {
        await using var program = new Program();
        using var http = program.Client();
        program.Endpoint.FailNextWithError("invalid_client");

        var send = () => http.Send(new(HttpMethod.Get, "orders"));

        send.Should().Throw<TokenRefreshException>().Which.Reason.Should().Be(RefreshFailureReason.ClientRejected);
    }

    [Fact]
    public async Task What_the_platform_cannot_send_so_it_refuses_in_its_own_words()
    {
        await using var api = new RawApi(_ => "HTTP/1.1 200 OK");
        await using var services = RealClient.Register(api.Url);
        using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = new AsynchronousOnly() };

        var send = () => RealClient.Of(services).Send(request);
        var http2 = () => RealClient.Of(services).Send(new(HttpMethod.Get, "orders") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact });

        send.Should().Throw<NotSupportedException>().WithMessage($"*{nameof(AsynchronousOnly)}*SerializeToStream*");
        http2.Should().Throw<NotSupportedException>().WithMessage("*HTTP/2*");
    }

    // A thread of its own: one of the pool would be taken from the work that is waited for.
    private static Task<T> OnAThread<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class Signer(Func<ValueTask<int>> run) : IRequestSigner
    {
        public async ValueTask SignAsync(HttpRequestMessage request, RequestSigningContext context, CancellationToken cancellationToken) => await run();
    }

    private sealed class Source(Func<ValueTask<string>> run) : IAssertionSource
    {
        public ValueTask<string> GetAssertionAsync(AssertionContext context, CancellationToken cancellationToken) => run();
    }

    private sealed class Requester(Func<ValueTask<TokenAnswer>> run) : ITokenRequester
    {
        public ValueTask<TokenAnswer> RequestAsync(TokenRequesterContext context, CancellationToken cancellationToken) => run();
    }

    private sealed class DeadContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    /// <summary>Takes a body as a socket does, and accepts the second token.</summary>
    private sealed class OnTheSpot(List<string> sent) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = new MemoryStream();
            request.Content!.CopyTo(body, null, cancellationToken);
            var token = request.Headers.Authorization!.Parameter;
            sent.Add($"{token} {Encoding.ASCII.GetString(body.ToArray())}");
            return new(token == "access-2" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException("A synchronous call is sent synchronously, its resend included.");
    }

    private sealed class Unseekable(string text) : MemoryStream(Encoding.ASCII.GetBytes(text))
    {
        public override bool CanSeek => false;
    }

    private sealed class AsynchronousOnly : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return true;
        }
    }

    private sealed class Program : IAsyncDisposable
    {
        private readonly ServiceProvider _services;

        public Program(Action<ITokenRefreshBuilder>? more = null, Action<TokenRefreshOptions>? configure = null)
        {
            Endpoint = new FakeTokenEndpoint();
            Api = new FakeApi(Endpoint);
            var services = new ServiceCollection();
            services.AddLogging();
            var token = services.AddTokenRefresh("crm", options =>
            {
                options.Grant = TokenGrants.ClientCredentials;
                options.TokenEndpoint = Endpoint.Address.AbsoluteUri;
                options.Client.Id = FakeTokenEndpoint.DefaultClientId;
                options.Client.Secret = FakeTokenEndpoint.DefaultClientSecret;
                configure?.Invoke(options);
            });
            more?.Invoke(token);
            services.AddHttpClient("crm", http => http.BaseAddress = Api.Address).AddTokenRefreshHandler("crm").UseFakeApi(Api);
            services.UseFakeTokenEndpoint("crm", Endpoint);
            _services = services.BuildServiceProvider();
        }

        public FakeTokenEndpoint Endpoint { get; }

        public FakeApi Api { get; }

        public HttpClient Client() => _services.GetRequiredService<IHttpClientFactory>().CreateClient("crm");

        public ValueTask DisposeAsync() => _services.DisposeAsync();
    }
}
