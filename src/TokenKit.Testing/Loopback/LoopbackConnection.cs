using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TokenKit.Storage;

namespace TokenKit.Testing;

/// <summary>One connection: request after request until either side has enough (RFC 9112).</summary>
internal sealed class LoopbackConnection(TcpClient client, HttpMessageInvoker invoker, Uri address)
{
    /// <summary>Serves until the client closes, the handler throws or the server stops. Never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the handler throws costs this connection and nothing else.")]
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                // Off the accept loop: a handler that answers at once must not keep others from being accepted.
                await Task.Yield();
                client.NoDelay = true;
                var stream = client.GetStream();
                var reader = new LoopbackRequestReader(stream, address);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } request)
                {
                    using (request)
                    {
                        using var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
                        var keepsAlive = request.Headers.ConnectionClose != true;
                        await WriteAsync(stream, request, response, keepsAlive, cancellationToken).ConfigureAwait(false);
                        if (!keepsAlive)
                        {
                            return;
                        }
                    }
                }
            }
            catch (Exception)
            {
                // The connection is lost without an answer: what a client sees when a server dies.
                client.Client.Close(timeout: 0);
            }
        }
    }

    private static async Task WriteAsync(
        NetworkStream stream, HttpRequestMessage request, HttpResponseMessage response, bool keepsAlive, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {(int)response.StatusCode} {response.ReasonPhrase}\r\n");
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            // The length is written below, and the body is never chunked here.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var value in values)
                {
                    head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
                }
            }
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        head.Append(keepsAlive ? "\r\n" : "Connection: close\r\n\r\n");
        var bytes = Encoding.Latin1.GetBytes(head.ToString());
        await stream.WriteAsync(request.Method == HttpMethod.Head ? bytes : [.. bytes, .. body], cancellationToken).ConfigureAwait(false);
    }
}
