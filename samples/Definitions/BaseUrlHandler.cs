namespace Definitions;

/// <summary>
/// Sends every request of the back channel to one server instead, wherever its address came from: the path and the query stay.
/// </summary>
internal sealed class BaseUrlHandler(Uri baseUrl) : DelegatingHandler
{
    private readonly string _base = baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(_base + request.RequestUri!.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }
}
