using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TokenKit.Tests;

/// <summary>A server on loopback that speaks bytes, so that it can answer what no web server would.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RawConnection, Task> _script;
    private readonly X509Certificate2? _certificate;
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private int _accepted;

    public RawServer(Func<RawConnection, Task> script, X509Certificate2? certificate = null)
    {
        _script = script;
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How many were accepted. Counted before the first byte, so that no client is done before it is counted.</summary>
    public int Connections => Volatile.Read(ref _accepted);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"{(_certificate is null ? "http" : "https")}://localhost:{Port}/token";

    /// <summary>A server that reads each request and answers it with these bytes.</summary>
    public static RawServer Answering(string answer) => new(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.WriteAsync(answer);
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(socket));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                Stream stream = new NetworkStream(socket, ownsSocket: false);
                if (_certificate is not null)
                {
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
                    stream = secure;
                }

                await _script(new RawConnection(socket, stream, Requests, _stop.Token));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException
            or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone, which is what many of these tests are about.
        }
    }
}

internal sealed class RawConnection(Socket socket, Stream stream, ConcurrentQueue<string> requests, CancellationToken stop)
{
    public CancellationToken Stop => stop;

    public async Task<string> ReadRequestAsync()
    {
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsWhole(received.ToString()))
        {
            var read = await stream.ReadAsync(buffer, stop);
            if (read == 0)
            {
                throw new IOException("The client closed the connection.");
            }

            received.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        requests.Enqueue(received.ToString());
        return received.ToString();
    }

    public async Task WriteAsync(string text) => await WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task WriteAsync(byte[] bytes)
    {
        await stream.WriteAsync(bytes, stop);
        await stream.FlushAsync(stop);
    }

    /// <summary>Closes with a reset instead of an end.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public Task HangAsync() => Task.Delay(Timeout.Infinite, stop);

    private static bool IsWhole(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var length = request[..end].Split("\r\n")
            .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture))
            .FirstOrDefault();
        return request.Length >= end + 4 + length;
    }
}
