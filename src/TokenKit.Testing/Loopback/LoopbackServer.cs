using System.Net;
using System.Net.Sockets;

namespace TokenKit.Testing;

/// <summary>Serves any <see cref="HttpMessageHandler"/> over HTTP/1.1 on 127.0.0.1, for samples and tests that want real sockets.</summary>
/// <remarks>
/// It takes connections in parallel and keeps them alive. A handler that throws loses its connection without an answer, as
/// <see cref="FakeTokenEndpoint.DropBefore"/> and <see cref="FakeTokenEndpoint.DropAfter"/> want it. Plain http, so clients
/// need <c>DangerousAllowHttpOnLoopback</c>. Not a server for anything but loopback.
/// </remarks>
/// <example>
/// <code>
/// await using var server = LoopbackServer.Start(endpoint.CreateHandler());
/// token.TokenEndpoint = new Uri(server.Address, "token").ToString();
/// </code>
/// </example>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpMessageInvoker _invoker;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    // Touched by the accept loop, and after its end by the disposal.
    private readonly List<Task> _serving = [];

    private LoopbackServer(HttpMessageHandler handler)
    {
        _invoker = new HttpMessageInvoker(handler);
        _listener.Start();
        Address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));

        // The server belongs to nobody's call: what serves a request must not see the context of whoever started it.
        using (ExecutionContext.SuppressFlow())
        {
            _accepting = AcceptAsync();
        }
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:PORT/</c>, with a port the system chose.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="handler">What answers. The server disposes of it.</param>
    /// <returns>The server; it stops when it is disposed of.</returns>
    public static LoopbackServer Start(HttpMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new LoopbackServer(handler);
    }

    /// <summary>Stops listening, ends all connections and waits until nothing runs any more.</summary>
    /// <returns>A task that ends when it has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_serving).ConfigureAwait(false);
        _invoker.Dispose();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token).ConfigureAwait(false);
                _serving.RemoveAll(static connection => connection.IsCompleted);
                _serving.Add(new LoopbackConnection(client, _invoker, Address).ServeAsync(_stopping.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The server stops, or a client hung up before it was accepted.
            }
        }
    }
}
