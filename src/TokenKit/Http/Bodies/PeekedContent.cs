using System.Net;

namespace TokenKit.Http.Bodies;

/// <summary>The body of an answer after somebody has looked into it: byte for byte what the API sends.</summary>
/// <remarks>
/// A reading that takes too long is not cancelled, which would cost the connection and with it the rest: it goes on, and whoever reads the
/// body gets what it brings.
/// </remarks>
internal sealed class PeekedContent : HttpContent
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly HttpContent _inner;
    private readonly PeekedStream _stream;

    private PeekedContent(HttpContent inner, PeekedStream stream)
    {
        (_inner, _stream) = (inner, stream);
        MessageCopy.Headers(inner.Headers, Headers);
    }

    /// <summary>Reads the body of an answer, and puts it back.</summary>
    /// <returns>All of it; <see langword="null"/> where it is longer than the limit, takes too long or breaks off.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>?> PeekAsync(
        HttpResponseMessage response, int limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var content = response.Content;
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = new byte[limit + 1];
        var begun = time.GetTimestamp();
        var read = 0;
        Task<ReadOnlyMemory<byte>>? pending = null;
        var isWhole = false;
        while (read < buffer.Length && !isWhole)
        {
            var more = ReadMoreAsync(stream, buffer.AsMemory(read));
            try
            {
                var left = Patience - time.GetElapsedTime(begun);
                var got = await more.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
                read += got.Length;
                isWhole = got.IsEmpty;
            }
            catch (Exception)
            {
                // Whoever reads the body meets the same, or gets what comes.
                pending = more;
                break;
            }
        }

        response.Content = new PeekedContent(content, new PeekedStream(buffer.AsMemory(0, read), pending, stream));
        cancellationToken.ThrowIfCancellationRequested();
        return isWhole ? buffer.AsMemory(0, read) : null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _stream.CopyToAsync(stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _stream.CopyToAsync(stream, cancellationToken);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _stream.CopyTo(stream);

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(_stream);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _stream;

    protected override bool TryComputeLength(out long length)
    {
        length = _inner.Headers.ContentLength ?? -1;
        return length >= 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // Into the buffer at the place that is free: nobody else reads meanwhile.
    private static async Task<ReadOnlyMemory<byte>> ReadMoreAsync(Stream stream, Memory<byte> free) =>
        free[..await stream.ReadAsync(free, CancellationToken.None).ConfigureAwait(false)];
}
