using System.Net;

namespace TokenKit.Http.Bodies;

/// <summary>
/// Stands for a body that cannot be had again by itself, for one send. Knows whether any of it was read and keeps a copy of what
/// went out, so that the call can be sent again: from the copy, or from the body itself where nothing had been read.
/// </summary>
/// <remarks>The inner content stays the caller's: it is not disposed here.</remarks>
internal sealed class WatchedContent : HttpContent
{
    private readonly BodyWatch _watch;

    private WatchedContent(BodyWatch watch)
    {
        _watch = watch;
        MessageCopy.Headers(watch.Inner.Headers, Headers);
    }

    public bool CanBeSentAgain => _watch.CanBeSentAgain;

    /// <summary>Watches a body from now on, where that is needed.</summary>
    /// <param name="content">The body.</param>
    /// <param name="limit">How many bytes are copied at most; of a body that is known to be larger, none.</param>
    public static HttpContent? Around(HttpContent? content, int limit)
    {
        if (!RequestReplay.NeedsWatch(content))
        {
            return content;
        }

        var watched = new WatchedContent(new BodyWatch(content!, content!.Headers.ContentLength is { } length && length > limit ? 0 : limit));
        watched._watch.IsFor(watched);
        return watched;
    }

    /// <summary>The same body for another send; <see langword="null"/> where it was begun and no whole copy is there. This one is not read any more.</summary>
    public WatchedContent? TryTakeNext()
    {
        var next = new WatchedContent(_watch);
        return _watch.TryPassOn(next) ? next : null;
    }

    /// <summary>The call is over: the copy is not needed.</summary>
    public static void Release(HttpContent? content)
    {
        if (content is WatchedContent watched)
        {
            watched._watch.Release();
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        switch (_watch.Begin(this))
        {
            case BodyReading.Copy:
                try
                {
                    await stream.WriteAsync(_watch.Copied, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    _watch.EndOfCopy();
                }

                break;
            case BodyReading.First:
                var copying = new CopyingStream(stream, _watch);
                await using (copying.ConfigureAwait(false))
                {
                    await _watch.Inner.CopyToAsync(copying, context, cancellationToken).ConfigureAwait(false);
                    _watch.Complete();
                }

                break;
            default:
                await _watch.Inner.CopyToAsync(stream, context, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        switch (_watch.Begin(this))
        {
            case BodyReading.Copy:
                try
                {
                    stream.Write(_watch.Copied.Span);
                }
                finally
                {
                    _watch.EndOfCopy();
                }

                break;
            case BodyReading.First:
                using (var copying = new CopyingStream(stream, _watch))
                {
                    _watch.Inner.CopyTo(copying, context, cancellationToken);
                    _watch.Complete();
                }

                break;
            default:
                _watch.Inner.CopyTo(stream, context, cancellationToken);
                break;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _watch.Inner.Headers.ContentLength ?? -1;
        return length >= 0;
    }
}
