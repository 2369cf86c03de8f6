using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>A token endpoint on a bare socket, which sends exactly the bytes of a case: no server library would emit most of them.</summary>
/// <remarks>
/// Where a case lets the client wait, the client's clock is moved past its deadline by <see cref="_patience"/>; nothing
/// waits for real time. Faults of the server itself are kept and thrown by <see cref="DisposeAsync"/>.
/// </remarks>
internal sealed class RawTokenServer : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly HostileResponse _response;
    private readonly ManualTimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly Func<CancellationToken, Task> _headersRead;
    private readonly Task _accepting;
    private int _requests;

    /// <param name="response">The case.</param>
    /// <param name="time">The client's clock.</param>
    /// <param name="patience">More than the client's deadline.</param>
    /// <param name="headersRead">Ends when the client has read the headers of an answer; at once by default.</param>
    public RawTokenServer(HostileResponse response, ManualTimeProvider time, TimeSpan patience, Func<CancellationToken, Task>? headersRead = null)
    {
        (_response, _time, _patience) = (response, time, patience);
        _headersRead = headersRead ?? (static _ => Task.CompletedTask);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/token");

    /// <summary>Requests that were read to their end, and connections that were closed unread.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public ConcurrentQueue<string> Bodies { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting.WaitAsync(Guard);
        _stopping.Dispose();
        _listener.Dispose();
        if (_faults.TryDequeue(out var fault))
        {
            throw new InvalidOperationException($"The raw server failed at case '{_response.Id}': {fault.Message}", fault);
        }
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token)));
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The listener is closed.
        }

        await Task.WhenAll(connections);
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                if (Requests == 0 && _response.Transport is { ClosesUnread: true })
                {
                    Interlocked.Increment(ref _requests);
                    return;
                }

                if (await ReadRequestAsync(socket) is not { } body)
                {
                    return;
                }

                Bodies.Enqueue(body);
                var number = Interlocked.Increment(ref _requests);
                var (answer, transport) = number == 1
                    ? (_response.Answer, _response.Transport)
                    : (_response.Then.IsEmpty ? _response.Answer : _response.Then[Math.Min(number - 2, _response.Then.Length - 1)], null);
                await new RawAnswer(socket, answer, transport ?? new HostileTransport(), _time, _patience, _headersRead, _stopping.Token).SendAsync();
            }
        }
        catch (Exception gone) when (gone is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client left, as it should with some of these answers.
        }
        catch (Exception fault)
        {
            _faults.Enqueue(fault);
        }
    }

    private static async Task<string?> ReadRequestAsync(Socket socket)
    {
        var read = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer);
            if (received == 0)
            {
                return null;
            }

            read.Write(buffer, 0, received);
            var text = Encoding.Latin1.GetString(read.GetBuffer(), 0, (int)read.Length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                continue;
            }

            var length = text[..end].Split("\r\n")
                .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                .Select(line => int.Parse(line[15..], CultureInfo.InvariantCulture))
                .SingleOrDefault();
            if (text.Length >= end + 4 + length)
            {
                return text.Substring(end + 4, length);
            }
        }
    }
}
