using System.Net;

namespace TokenKit.Http;

/// <summary>
/// Keeps a copy of a streaming body while it is sent for the first time, up to a limit that the definition allows
/// (<c>Placement.ReplayBufferLimit</c>), so that it can be sent again. Beyond the limit the copy is dropped and the sending
/// goes on.
/// </summary>
/// <remarks>Used by one call. The inner content stays the caller's: it is not disposed here.</remarks>
internal sealed class ReplayBufferContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly int _limit;

    // Set when the last byte was copied; a sender that answers early leaves it empty.
    private volatile byte[]? _complete;

    private ReplayBufferContent(HttpContent inner, int limit)
    {
        (_inner, _limit) = (inner, limit);
        MessageCopy.Headers(inner.Headers, Headers);
    }

    public bool CanReplay => _complete is not null;

    /// <summary>The content itself where it can be read again anyway, or is known to be too large; else a copy-keeping one.</summary>
    public static HttpContent? Around(HttpContent? content, int limit) =>
        content is null || limit <= 0 || RequestReplay.CanReplay(content) || content.Headers.ContentLength > limit
            ? content
            : new ReplayBufferContent(content, limit);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_complete is { } bytes)
        {
            await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return;
        }

        var copy = new CopyingStream(stream, _limit);
        await using (copy.ConfigureAwait(false))
        {
            await _inner.CopyToAsync(copy, context, cancellationToken).ConfigureAwait(false);
            _complete = copy.Copied;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _complete?.Length ?? _inner.Headers.ContentLength ?? -1;
        return length >= 0;
    }
}
