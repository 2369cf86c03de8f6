namespace TokenKit.Benchmarks;

/// <summary>Passes calls on to a handler that outlives it.</summary>
internal sealed class SharedNetwork(HttpMessageHandler network) : HttpMessageHandler
{
    // Disposing it disposes nothing: what is behind it belongs to somebody else.
    private readonly HttpMessageInvoker _network = new(network, disposeHandler: false);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _network.SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        _network.Dispose();
        base.Dispose(disposing);
    }
}
