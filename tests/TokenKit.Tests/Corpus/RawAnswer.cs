using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TokenKit.Testing;

namespace TokenKit.Tests;

/// <summary>One answer on a socket, sent in one of the ways that a case can name.</summary>
/// <param name="socket">The connection.</param>
/// <param name="answer">What is sent.</param>
/// <param name="transport">How.</param>
/// <param name="time">The client's clock.</param>
/// <param name="patience">More than the client's deadline.</param>
/// <param name="headersRead">Ends when the client has read the headers of an answer.</param>
/// <param name="stopping">Ends the server.</param>
internal sealed class RawAnswer(
    Socket socket, HostileAnswer answer, HostileTransport transport, ManualTimeProvider time, TimeSpan patience,
    Func<CancellationToken, Task> headersRead, CancellationToken stopping)
{
    private static readonly TimeSpan DripInterval = TimeSpan.FromMilliseconds(100);

    public Task SendAsync() => transport.Kind switch
    {
        null or "normal" => SendAsync(Head() + Body()),
        "raw" => SendAsync(transport.Raw ?? throw new InvalidDataException("A raw answer has no bytes.")),
        "close" or "close_before_headers" or "eof" or "empty" or "empty_response" => Task.CompletedTask,
        "reset" or "reset_before" or "reset_before_headers" or "reset_before_response" or "reset_after_request" => ResetAfterAsync(""),
        "reset_mid_headers" or "reset_in_headers" => ResetAfterAsync(Head()[..30]),
        "reset_mid_body" or "reset_in_body" or "reset_body" => ResetAfterAsync(Head() + Half()),
        "close_mid_headers" => SendAsync(Head()[..30]),
        "short_body" or "truncated_body" or "close_mid_body" => SendAsync(Head(answer.Body.Length + 50) + Body()),
        "stall" or "stall_before_headers" or "stall_headers" => StallAfterAsync(""),
        "stall_mid_headers" or "stall_in_headers" => StallAfterAsync(Head()[..30]),
        "stall_after_headers" or "stall_before_body" => StallAfterAsync(Head(), hasHeaders: true),
        "stall_in_body" or "stall_mid_body" or "stall_body" => StallAfterAsync(Head() + Half(), hasHeaders: true),
        "drip" or "drip_body" or "slow_body" => DripAsync(Head(1_000_000), Body()),
        "drip_headers" => DripAsync("", Head()),
        "not_http" => SendAsync("SSH-2.0-OpenSSH_9.6\r\n"),
        "http09" => SendAsync(Body()),
        "extra_after_length" => SendAsync(Head() + Body() + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
        "informational_flood" => SendAsync(Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n", 20) + Head() + Body()),
        "continue_flood" => SendAsync(Repeat("HTTP/1.1 100 Continue\r\n\r\n", 20) + Head() + Body()),
        "neg_content_length" => SendAsync(Head("Content-Length: -1\r\n") + Body()),
        "conflicting_content_length" or "conflicting_content_lengths" or "conflicting_lengths" or "conflict_content_length"
            or "two_content_lengths" or "dup_content_length" or "double_content_length" =>
            SendAsync(Head($"Content-Length: {answer.Body.Length}\r\nContent-Length: {answer.Body.Length + 5}\r\n") + Body()),
        "bad_content_length" or "invalid_content_length" => SendAsync(Head("Content-Length: many\r\n") + Body()),
        "no_content_length" or "until_close" or "close_delimited" => SendAsync(Head("") + Body()),
        "chunked" => SendAsync(Chunked() + Chunk(Body()) + "0\r\n" + Trailers() + "\r\n"),
        "chunked_tiny" or "chunked_one_byte" or "chunked_bytes" => SendAsync(Chunked() + string.Concat(Body().Select(octet => Chunk(octet.ToString()))) + LastChunk),
        "chunked_trailer" or "chunked_trailers" => SendAsync(Chunked() + Chunk(Body()) + "0\r\nX-Trailer: 1\r\n\r\n"),
        "chunked_extension" or "chunked_extensions" => SendAsync(Chunked() + Chunk(Body(), ";a=b") + LastChunk),
        "chunked_truncated" or "chunked_no_end" or "chunked_no_terminator" or "chunked_unterminated" or "chunked_short" or "chunked_cut" =>
            SendAsync(Chunked() + Chunk(Body())),
        "chunked_bad_size" or "chunked_bad" or "chunked_invalid" or "chunked_garbage" or "bad_chunk" or "bad_chunk_size" =>
            SendAsync(Chunked() + "zz\r\n" + Body() + "\r\n" + LastChunk),
        "chunked_and_length" or "chunked_with_length" or "cl_and_te" =>
            SendAsync(Head($"Transfer-Encoding: chunked\r\nContent-Length: {answer.Body.Length}\r\n") + Chunk(Body()) + LastChunk),
        "chunked_endless" => DripAsync(Chunked(), Chunk(Body())),
        "huge_headers" or "big_headers" or "header_flood" => SendAsync(Head("X-Padding: " + new string('a', 2_000_000) + "\r\n") + Body()),
        _ => throw new InvalidDataException($"The transport kind '{transport.Kind}' is not known to the raw server. Teach it, or the case proves nothing."),
    };

    private const string LastChunk = "0\r\n\r\n";

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Chunk(string text, string extension = "") =>
        text.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}{extension}\r\n{text}\r\n");

    // Latin-1 keeps each octet as one character.
    private string Body() => Encoding.Latin1.GetString(answer.Body);

    private string Trailers() => string.Concat(transport.Trailers.Select(static trailer => $"{trailer.Key}: {trailer.Value}\r\n"));

    private string Half() => Body()[..(answer.Body.Length / 2)];

    private string Chunked() => Head("Transfer-Encoding: chunked\r\n");

    private string Head() => answer.Status is 204 or 304 or < 200 ? Head("") : Head(answer.Body.Length);

    private string Head(int contentLength) =>
        answer.Headers.Any(header => header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            ? Head("")
            : Head(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {contentLength}\r\n"));

    private string Head(string framing)
    {
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} Status\r\n"));
        foreach (var (name, value) in answer.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (transport.HeaderPad > 0)
        {
            head.Append("X-Padding: ").Append('a', transport.HeaderPad).Append("\r\n");
        }

        return head.Append(framing).Append("Connection: close\r\n\r\n").ToString();
    }

    private Task SendAsync(string octets) => SendAsync(Encoding.Latin1.GetBytes(octets));

    private async Task SendAsync(byte[] octets)
    {
        for (var sent = 0; sent < octets.Length;)
        {
            sent += await socket.SendAsync(octets.AsMemory(sent), stopping);
        }

        socket.Shutdown(SocketShutdown.Send);

        // Until the client has closed too: bytes that are still on their way must not be lost to a reset.
        await ClosedByClientAsync();
    }

    private async Task ResetAfterAsync(string octets)
    {
        if (octets.Length > 0)
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(octets), stopping);
        }

        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    private async Task StallAfterAsync(string octets, bool hasHeaders = false)
    {
        if (octets.Length > 0)
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(octets), stopping);
        }

        // What the client does with the headers must not depend on whether they or the deadline came first.
        if (hasHeaders)
        {
            await headersRead(stopping);
        }

        // A redirect is refused for its headers. Nothing else of it is waited for, so no deadline must pass meanwhile.
        if (!(hasHeaders && answer.Status is >= 300 and < 400))
        {
            time.Advance(patience);
        }

        await ClosedByClientAsync();
    }

    // A byte now and then, for ever: whoever only limits the time between two bytes waits for ever too.
    private async Task DripAsync(string atOnce, string slowly)
    {
        await socket.SendAsync(Encoding.Latin1.GetBytes(atOnce), stopping);
        var waited = TimeSpan.Zero;
        for (var index = 0; waited < patience; index++)
        {
            var octet = index < slowly.Length ? (byte)slowly[index] : (byte)' ';
            await socket.SendAsync(new[] { octet }, stopping);
            time.Advance(DripInterval);
            waited += DripInterval;
        }

        await ClosedByClientAsync();
    }

    private async Task ClosedByClientAsync()
    {
        var buffer = new byte[256];
        while (await socket.ReceiveAsync(buffer, stopping) > 0)
        {
            // Nothing more is expected, and what comes is nobody's.
        }
    }
}
