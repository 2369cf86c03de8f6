using TokenKit.Refresh.Request;

namespace TokenKit.Http.Primary;

/// <summary>Lets the primary handler of an API client present the definition's client certificate (RFC 8705 section 3).</summary>
internal static class CertificatePresentation
{
    /// <exception cref="InvalidOperationException">The primary handler cannot be told.</exception>
    public static void Add(HttpMessageHandler primary, ClientCertificates certificates, string? clientName)
    {
        switch (InnermostHandler.Of(primary))
        {
            // A user's own way to choose a certificate is left alone.
            case SocketsHttpHandler { SslOptions.LocalCertificateSelectionCallback: null } sockets:
                sockets.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificates.Current!;
                break;
            case HttpClientHandler:
                throw new InvalidOperationException(
                    $"The primary handler of HTTP client '{clientName}' is an HttpClientHandler, which cannot present Client:Certificate once it is renewed. Use a SocketsHttpHandler.");
        }
    }
}
