using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenKit.PostgreSql.Tests;

/// <summary>
/// Stands between a client and PostgreSQL. Told so, it keeps a statement until it is let go, or lets it through, waits until
/// the server has committed it, and ends the connection instead of handing on the answer.
/// </summary>
internal sealed class StatementProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly int _serverPort;
    private readonly Task _accepting;
    private string? _marker;
    private HeldStatement? _held;
    private int _cut;

    public StatementProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many answers were cut.</summary>
    public int Cut => Volatile.Read(ref _cut);

    /// <summary>Cuts the answer to the next statement that holds this text.</summary>
    public void CutNext(string marker) => Volatile.Write(ref _marker, marker);

    /// <summary>Keeps the next statement that holds this text.</summary>
    public HeldStatement HoldNext(string marker)
    {
        var held = new HeldStatement(marker);
        Volatile.Write(ref _held, held);
        return held;
    }

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
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _connections.Add(ServeAsync(client));
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
                HeldStatement? kept = null;
                var unanswered = new UnansweredStatements();
                var up = PumpAsync(client, server, async data =>
                {
                    unanswered.Sent(data);
                    if (Volatile.Read(ref _held) is { } held
                        && Encoding.UTF8.GetString(data).Contains(held.Marker, StringComparison.Ordinal)
                        && Interlocked.CompareExchange(ref _held, null, held) == held)
                    {
                        Volatile.Write(ref kept, held);
                        held.Arrived();
                        await held.Released.WaitAsync(ended.Token);
                    }

                    if (Volatile.Read(ref _marker) is { } marker
                        && Encoding.UTF8.GetString(data).Contains(marker, StringComparison.Ordinal)
                        && Interlocked.CompareExchange(ref _marker, null, marker) == marker)
                    {
                        Volatile.Write(ref isDoomed, true);
                    }

                    return true;
                }, ended);
                var down = PumpAsync(server, client, data =>
                {
                    // ReadyForQuery is the last thing a server says of a statement, after the commit. Before the one that is meant, a
                    // pooled connection sends another that resets it, whose answer may come alone.
                    var isWhole = unanswered.Received(data);
                    if (isWhole)
                    {
                        Volatile.Read(ref kept)?.Answered();
                    }

                    if (!Volatile.Read(ref isDoomed))
                    {
                        return ValueTask.FromResult(true);
                    }

                    if (isWhole)
                    {
                        Interlocked.Increment(ref _cut);
                        ended.Cancel();
                    }

                    return ValueTask.FromResult(false);
                }, ended);
                await Task.WhenAll(up, down);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
            {
                // One of the two is gone, or the answer was cut.
            }
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to, Func<byte[], ValueTask<bool>> mayPass, CancellationTokenSource ended)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.GetStream().ReadAsync(buffer, ended.Token) is > 0 and var count)
            {
                var data = buffer[..count];
                if (await mayPass(data))
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

/// <summary>A statement that is on its way, and goes on when it is let go.</summary>
internal sealed class HeldStatement(string marker)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Marker { get; } = marker;

    public Task Released => _released.Task;

    public Task WaitForArrivalAsync() => _arrived.Task.WaitAsync(Patience);

    /// <summary>Lets it go.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Lets it go, and waits until the server has carried it out.</summary>
    public Task CarryOutAsync()
    {
        Release();
        return _answered.Task.WaitAsync(Patience);
    }

    public void Arrived() => _arrived.TrySetResult();

    public void Answered()
    {
        if (_released.Task.IsCompleted)
        {
            _answered.TrySetResult();
        }
    }
}
