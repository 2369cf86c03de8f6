using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using TokenKit.Storage;

namespace TokenKit.Testing;

/// <summary>Reads requests from a connection (RFC 9112 sections 3, 6 and 7.1).</summary>
internal sealed class LoopbackRequestReader(Stream stream, Uri address)
{
    private const int LongestLine = 64 * 1024;
    private const int LongestBody = 16 * 1024 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _position;
    private int _length;

    /// <summary>Reads the next request, or <see langword="null"/> when the client has closed.</summary>
    public async Task<HttpRequestMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is not { } requestLine)
        {
            return null;
        }

        var parts = requestLine.Split(' ');
        if (parts is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"])
        {
            throw new InvalidDataException("Not a request line of HTTP/1.1.");
        }

        var headers = await ReadHeadersAsync(cancellationToken).ConfigureAwait(false);
        var body = await ReadBodyAsync(headers, cancellationToken).ConfigureAwait(false);
        return Make(method, target, headers, body);
    }

    [SuppressMessage("ApiDesign", "RS0030", Justification = "These headers were received and are not sent; they must be seen as they came.")]
    private HttpRequestMessage Make(string method, string target, List<(string Name, string Value)> headers, byte[]? body)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, target)) { Version = HttpVersion.Version11 };
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    private async Task<List<(string Name, string Value)>> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        var headers = new List<(string Name, string Value)>();
        while (await ReadLineAsync(cancellationToken).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new InvalidDataException("Not a header line.");
            }

            headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        return headers;
    }

    private async Task<byte[]?> ReadBodyAsync(List<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        if (Find(headers, "Expect") is not null)
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }

        if (Find(headers, "Transfer-Encoding") is not null)
        {
            return await ReadChunksAsync(cancellationToken).ConfigureAwait(false);
        }

        if (Find(headers, "Content-Length") is not { } lengthText)
        {
            return null;
        }

        var length = int.Parse(lengthText, NumberStyles.None, CultureInfo.InvariantCulture);
        return await ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
    }

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new EndOfStreamException();
            var length = int.Parse(line.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                await ReadHeadersAsync(cancellationToken).ConfigureAwait(false);
                return body.ToArray();
            }

            if (body.Length + length > LongestBody)
            {
                throw new InvalidDataException("The body is too long.");
            }

            body.Write(await ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false));
            await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> ReadExactlyAsync(int length, CancellationToken cancellationToken)
    {
        if (length > LongestBody)
        {
            throw new InvalidDataException("The body is too long.");
        }

        var bytes = new byte[length];
        for (var filled = 0; filled < length;)
        {
            if (_position == _length && !await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new EndOfStreamException();
            }

            var count = Math.Min(length - filled, _length - _position);
            _buffer.AsSpan(_position, count).CopyTo(bytes.AsSpan(filled));
            (_position, filled) = (_position + count, filled + count);
        }

        return bytes;
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_position == _length && !await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return line.Length == 0 ? null : throw new EndOfStreamException();
            }

            var rest = _buffer.AsSpan(_position, _length - _position);
            var end = rest.IndexOf((byte)'\n');
            line.Append(Encoding.Latin1.GetString(end < 0 ? rest : rest[..end]));
            _position += end < 0 ? rest.Length : end + 1;
            if (line.Length > LongestLine)
            {
                throw new InvalidDataException("The line is too long.");
            }

            if (end >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        (_position, _length) = (0, await stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false));
        return _length > 0;
    }

    private static string? Find(List<(string Name, string Value)> headers, string name) =>
        headers.Find(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
