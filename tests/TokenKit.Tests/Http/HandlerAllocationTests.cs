using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;

namespace TokenKit.Tests;

public sealed class HandlerAllocationTests
{
    [Fact]
    public async Task A_call_with_a_fresh_token_allocates_at_most_300_bytes_more_than_a_bare_one()
    {
        using var fixture = new HandlerFixture();
        var token = await fixture.Source.GetTokenAsync();
        var client = new HttpClientFactoryOptions();
        client.HttpClientActions.Add(http => http.BaseAddress = new(HandlerFixture.Api));
        var options = Substitute.For<IOptionsMonitor<HttpClientFactoryOptions>>();
        options.Get("crm-client").Returns(client);
        using var network = new ReadyNetwork();
        using var bare = new HttpMessageInvoker(network);
        using var tokened = new HttpMessageInvoker(new TokenRefreshHandler(
            new FreshSource(token),
            fixture.Definitions,
            "crm-client",
            new(new(options), fixture.Spawner, TimeProvider.System, Randomness.System, NullLogger<TokenRefreshHandler>.Instance))
        {
            InnerHandler = network,
        });

        var added = BytesOfOneCall(tokened) - BytesOfOneCall(bare);

        added.Should().BeInRange(1, 300);
    }

    private static long BytesOfOneCall(HttpMessageInvoker invoker)
    {
        const int Calls = 2000;
        var address = new Uri("https://api.example.com/orders");
        Send(invoker, address, Calls);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(invoker, address, Calls);
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

    private sealed class ReadyNetwork : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _answer = Task.FromResult(new HttpResponseMessage());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _answer;
    }

    private sealed class FreshSource(AccessToken token) : ITokenSource
    {
        public string Name => token.Key.Name;

        public ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken = default) => new(token);

        public ValueTask<AccessToken> GetTokenAsync(TokenDemand demand, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");

        public bool TryGetCached([NotNullWhen(true)] out AccessToken? cached, string subject = "") =>
            throw new InvalidOperationException("Intentionally not provided");

        public ValueTask<bool> SeedAsync(TokenSeed seed, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");

        public ValueTask<bool> ForgetAsync(string subject = "", CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Intentionally not provided");
    }
}
