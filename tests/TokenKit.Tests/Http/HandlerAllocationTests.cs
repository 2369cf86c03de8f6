using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using TokenKit.Http;
using TokenKit.Refresh.Request;
using TokenKit.Work;

namespace TokenKit.Tests;

public sealed class HandlerAllocationTests
{
    [Fact]
    public async Task A_call_with_a_fresh_token_allocates_at_most_220_bytes_more_than_a_bare_one()
    {
        using var network = new ReadyNetwork();

        var added = await AddedAsync(network, Send);

        added.Should().BeInRange(1, 220);
    }

    [Fact]
    public async Task A_synchronous_call_with_a_fresh_token_allocates_at_most_220_bytes_more_than_a_bare_one()
    {
        using var network = new ReadyNetwork();

        var added = await AddedAsync(network, SendSynchronously);

        added.Should().BeInRange(1, 220);
    }

    [Fact]
    public async Task A_call_whose_answer_comes_later_allocates_at_most_370_bytes_more_than_a_bare_one()
    {
        using var network = new LateNetwork();

        var added = await AddedAsync(network, (invoker, address, calls) => SendLate(network, invoker, address, calls));

        added.Should().BeInRange(1, 370, "the state machines of a debug build are objects of their own, some 40 bytes more");
    }

    [Fact]
    public void A_look_for_options_makes_none()
    {
        RequestOptionsPeek.CanPeek.Should().BeTrue("a platform on which this fails costs 104 bytes more a call, and the figures in the documents change");
        using var request = new HttpRequestMessage(HttpMethod.Get, HandlerFixture.Api);

        RequestOptionsPeek.MayHaveOptions(request).Should().BeFalse();
        request.Options.Set(new HttpRequestOptionsKey<int>("of somebody else"), 1);
        RequestOptionsPeek.MayHaveOptions(request).Should().BeTrue();
    }

    private static async Task<long> AddedAsync(HttpMessageHandler network, Action<HttpMessageInvoker, Uri, int> send)
    {
        using var fixture = new HandlerFixture();
        var token = await fixture.Source.GetTokenAsync();
        var client = new HttpClientFactoryOptions();
        client.HttpClientActions.Add(http => http.BaseAddress = new(HandlerFixture.Api));
        var options = Substitute.For<IOptionsMonitor<HttpClientFactoryOptions>>();
        options.Get("crm-client").Returns(client);
        using var bare = new HttpMessageInvoker(network, disposeHandler: false);
        using var tokened = new HttpMessageInvoker(new TokenRefreshHandler(
            new FreshSource(token),
            fixture.Definitions,
            "crm-client",
            new(new(options), fixture.Spawner, TimeProvider.System, Randomness.System, OutsideSources.None, NullLogger<TokenRefreshHandler>.Instance))
        {
            InnerHandler = network,
        });

        // On a thread without the context of the test runner, which would send continuations elsewhere.
        return await Task.Run(() => BytesOfOneCall(tokened, send) - BytesOfOneCall(bare, send));
    }

    private static long BytesOfOneCall(HttpMessageInvoker invoker, Action<HttpMessageInvoker, Uri, int> send)
    {
        const int Calls = 2000;
        var address = new Uri("https://api.example.com/orders");
        send(invoker, address, Calls);
        var before = GC.GetAllocatedBytesForCurrentThread();
        send(invoker, address, Calls);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private static void Send(HttpMessageInvoker invoker, Uri address, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "7"));
            if (!invoker.SendAsync(request, CancellationToken.None).IsCompletedSuccessfully)
            {
                // FluentAssertions would be measured too.
                throw new InvalidOperationException("The call did not end at once.");
            }
        }
    }

    private static void SendSynchronously(HttpMessageInvoker invoker, Uri address, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "7"));
            invoker.Send(request, CancellationToken.None);
        }
    }

    private static void SendLate(LateNetwork network, HttpMessageInvoker invoker, Uri address, int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "7"));
            var call = invoker.SendAsync(request, CancellationToken.None);
            if (call.IsCompleted)
            {
                throw new InvalidOperationException("The call ended before there was an answer.");
            }

            // Continues on this thread, so that all of it is counted.
            network.Answer();
            if (!call.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("The call did not end with its answer.");
            }
        }
    }

    private sealed class ReadyNetwork : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _answer = Task.FromResult(new HttpResponseMessage());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _answer;

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => _answer.Result;
    }

    private sealed class LateNetwork : HttpMessageHandler
    {
        private readonly HttpResponseMessage _answer = new();
        private TaskCompletionSource<HttpResponseMessage> _waiting = new();

        public void Answer() => _waiting.SetResult(_answer);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _waiting = new();
            return _waiting.Task;
        }
    }

    private sealed class FreshSource(AccessToken token) : ITokenSource
    {
        public string Name => token.Key.Name;

        public ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default) => new(token);

        public ValueTask<AccessToken> GetTokenAsync(TokenDemand demand, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");

        public bool TryGetCached(string subject, [NotNullWhen(true)] out AccessToken? cached) =>
            throw new InvalidOperationException("Intentionally not provided");

        public ValueTask<bool> SeedAsync(TokenSeed seed, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");

        public ValueTask<bool> ForgetAsync(string subject, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");
    }
}
