namespace TokenKit.Http.Bodies;

/// <summary>A body that somebody has looked into: what was read, then what a reading that was not waited for brings, then the rest.</summary>
internal sealed class PeekedStream(ReadOnlyMemory<byte> read, Task<ReadOnlyMemory<byte>>? pending, Stream rest) : Stream
{
    private ReadOnlyMemory<byte> _read = read;
    private Task<ReadOnlyMemory<byte>>? _pending = pending;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_read.IsEmpty && _pending is { } pending)
        {
            _read = pending.GetAwaiter().GetResult();
            _pending = null;
            if (_read.IsEmpty)
            {
                return 0;
            }
        }

        return _read.IsEmpty ? rest.Read(buffer) : Take(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read.IsEmpty && _pending is { } pending)
        {
            _read = await pending.WaitAsync(cancellationToken).ConfigureAwait(false);
            _pending = null;
            if (_read.IsEmpty)
            {
                return 0;
            }
        }

        return _read.IsEmpty ? await rest.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) : Take(buffer.Span);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Take(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, _read.Length);
        _read.Span[..taken].CopyTo(buffer);
        _read = _read[taken..];
        return taken;
    }
}
