using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenKit.Relational.Tests;

/// <summary>Stands before a server; of a command that is named it swallows the answer, when the server has given it, and ends the connection.</summary>
internal sealed class AnswerCutter : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private byte[]? _marker;
    private int _cut;

    public AnswerCutter(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many answers were swallowed.</summary>
    public int Cut => Volatile.Read(ref _cut);

    /// <summary>Swallows the answer to the next command that has a text in it.</summary>
    public void CutNext(string text) => Volatile.Write(ref _marker, Encoding.ASCII.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Stop();
        await _accepting;
        _ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await _listener.AcceptTcpClientAsync(_ends.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _ends.Token);
                var (near, far) = (client.GetStream(), server.GetStream());
                var isCut = false;
                async Task SendAsync()
                {
                    var buffer = new byte[64 * 1024];
                    while (await near.ReadAsync(buffer, _ends.Token) is > 0 and var count)
                    {
                        if (Volatile.Read(ref _marker) is { } marker && buffer.AsSpan(0, count).IndexOf(marker) >= 0
                            && Interlocked.CompareExchange(ref _marker, null, marker) == marker)
                        {
                            Volatile.Write(ref isCut, true);
                        }

                        await far.WriteAsync(buffer.AsMemory(0, count), _ends.Token);
                    }
                }

                async Task AnswerAsync()
                {
                    var buffer = new byte[64 * 1024];
                    while (await far.ReadAsync(buffer, _ends.Token) is > 0 and var count && !Volatile.Read(ref isCut))
                    {
                        await near.WriteAsync(buffer.AsMemory(0, count), _ends.Token);
                    }

                    _ = Volatile.Read(ref isCut) ? Interlocked.Increment(ref _cut) : 0;
                }

                await Task.WhenAny(SendAsync(), AnswerAsync());
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
            {
                // One side has gone.
            }
        }
    }
}
