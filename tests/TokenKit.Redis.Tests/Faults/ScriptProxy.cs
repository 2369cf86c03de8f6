using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenKit.Redis.Tests;

/// <summary>
/// Stands between a client and Redis. Told so, it lets a script through, waits for the answer of the server, and ends the connection instead
/// of handing it on.
/// </summary>
internal sealed class ScriptProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly int _serverPort;
    private readonly Task _accepting;
    private string? _marker;
    private int _cut;

    public ScriptProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many answers were cut.</summary>
    public int Cut => Volatile.Read(ref _cut);

    /// <summary>Cuts the answer to the next run of a script that the server knows.</summary>
    public void CutNext(RedisScript script) => Volatile.Write(ref _marker, script.Hash);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stopping.Token);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                var isDoomed = false;
                var up = PumpAsync(client, server, data =>
                {
                    if (Volatile.Read(ref _marker) is { } marker
                        && Encoding.ASCII.GetString(data).Contains(marker, StringComparison.OrdinalIgnoreCase)
                        && Interlocked.CompareExchange(ref _marker, null, marker) == marker)
                    {
                        Volatile.Write(ref isDoomed, true);
                    }

                    return true;
                }, ended);
                var down = PumpAsync(server, client, _ =>
                {
                    if (!Volatile.Read(ref isDoomed))
                    {
                        return true;
                    }

                    Interlocked.Increment(ref _cut);
                    ended.Cancel();
                    return false;
                }, ended);
                await Task.WhenAll(up, down);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // One of the two is gone, or the answer was cut.
            }
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Func<byte[], bool> mayPass, CancellationTokenSource ended)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.GetStream().ReadAsync(buffer, ended.Token) is > 0 and var count)
            {
                var data = buffer[..count];
                if (mayPass(data))
                {
                    await to.GetStream().WriteAsync(data, ended.Token);
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
