using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace TokenKit.Http;

/// <summary>Finds the base address that a named client is configured with.</summary>
/// <remarks>
/// It stands nowhere as data: it is whatever the client's configured actions set. So they run once more, on a client that
/// is thrown away and cannot send.
/// </remarks>
internal sealed class ClientBaseAddress(IOptionsMonitor<HttpClientFactoryOptions> options)
{
    /// <summary>The base address, or <see langword="null"/> where the configuration sets none.</summary>
    public Uri? Of(string clientName)
    {
        using var probe = new HttpClient(new RefusingHandler(clientName));
        foreach (var action in options.Get(clientName).HttpClientActions)
        {
            action(probe);
        }

        return probe.BaseAddress;
    }

    private sealed class RefusingHandler(string clientName) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw Refusal();

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw Refusal();

        private InvalidOperationException Refusal() =>
            new($"The configuration of HTTP client '{clientName}' sent a request. It runs here only to learn the client's BaseAddress; send requests from a client that is ready.");
    }
}
