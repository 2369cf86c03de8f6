namespace TokenKit.Http.Discovery;

/// <summary>Stands directly before or behind a handler that resolves addresses, and looks what it does.</summary>
/// <param name="look">What is done with each message that passes.</param>
internal sealed class ResolutionNotes(Action<HttpRequestMessage> look) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        look(request);
        return base.SendAsync(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        look(request);
        return base.Send(request, cancellationToken);
    }
}
