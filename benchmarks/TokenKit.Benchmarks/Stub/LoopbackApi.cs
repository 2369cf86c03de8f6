using System.Net;
using System.Net.Sockets;

namespace TokenKit.Benchmarks;

/// <summary>An HTTP server on a loopback socket that costs as little as one can, so that the client's share shows.</summary>
internal sealed class LoopbackApi : IDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = [];

    public LoopbackApi()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new(FormattableString.Invariant($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/orders/7"));
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public Uri Address { get; }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections)
        {
            _connections.ForEach(connection => connection.Dispose());
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                connection.NoDelay = true;
                lock (_connections)
                {
                    _connections.Add(connection);
                }

                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the end of the server.
        }
    }

    private static void Serve(Socket connection)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (connection.Receive(buffer.AsSpan(filled)) is > 0 and var received)
            {
                filled += received;
                if (buffer.AsSpan(0, filled).EndsWith("\r\n\r\n"u8))
                {
                    filled = 0;
                    connection.Send(Answer);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client hung up.
        }
    }
}
