using System.Net.Http.Headers;
using System.Text;

namespace Definitions;

/// <summary>
/// Sends every request of the back channel to one server instead, wherever its address came from: the path and the query stay.
/// </summary>
/// <remarks>
/// The metadata of an authority names that authority, and a server in its place may name itself. On the way back its own origin
/// becomes the one that was asked again, so that both pass the check of RFC 8414 section 3.3.
/// </remarks>
internal sealed class BaseUrlHandler(Uri baseUrl) : DelegatingHandler
{
    private readonly string _origin = baseUrl.GetLeftPart(UriPartial.Authority);
    private readonly string _base = baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri!;
        if (!_origin.Equals(asked.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase))
        {
            request.RequestUri = new Uri(_base + asked.PathAndQuery);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && asked.AbsolutePath.Contains("/.well-known/", StringComparison.Ordinal))
        {
            var metadata = await response.Content.ReadAsStringAsync(cancellationToken);
            response.Content = new StringContent(
                metadata.Replace(_base, asked.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase),
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/json"));
        }

        return response;
    }
}
