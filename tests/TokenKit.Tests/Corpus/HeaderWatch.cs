namespace TokenKit.Tests;

/// <summary>Tells when a client has read the headers of an answer, which no server can see.</summary>
internal sealed class HeaderWatch : IDisposable
{
    private readonly SemaphoreSlim _read = new(0);

    public Task ReadAsync(CancellationToken cancellationToken) => _read.WaitAsync(cancellationToken);

    /// <summary>A handler for the client, next to the wire.</summary>
    public DelegatingHandler NewHandler() => new Handler(_read);

    public void Dispose() => _read.Dispose();

    private sealed class Handler(SemaphoreSlim read) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            read.Release();
            return response;
        }
    }
}
