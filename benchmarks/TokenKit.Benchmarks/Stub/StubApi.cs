using System.Net;

namespace TokenKit.Benchmarks;

/// <summary>The network of the API calls: answers 200 at once, writes nothing that two threads share.</summary>
internal sealed class StubApi : HttpMessageHandler
{
    public static readonly Uri Address = new("https://api.bench.test/orders/7");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request });
}
