namespace TokenKit.Refresh.Request;

/// <summary>Reads a stream whole, but not beyond the size that an answer may have.</summary>
internal static class CappedBuffer
{
    /// <summary>1 MiB: what a token answer may hold at the most, sent and decoded.</summary>
    public const int Limit = 1 << 20;

    // Grows by four: a full buffer and all that it outgrew stay together below 1.4 MB.
    private const int Growth = 4;
    private const int Smallest = 4 * 1024;

    /// <summary>The bytes, or <see langword="null"/> when there are more than <see cref="Limit"/>.</summary>
    /// <param name="stream">What is read.</param>
    /// <param name="expected">How many bytes it says that it has, where it does.</param>
    /// <param name="cancellationToken">The deadline.</param>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, long? expected, CancellationToken cancellationToken)
    {
        // Most answers are a few hundred bytes and say so. One byte more, so that the end is seen without a larger buffer.
        var buffer = new byte[Math.Min(expected ?? Smallest, Smallest) + 1];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            length += read;
            if (length > Limit)
            {
                return null;
            }

            if (length == buffer.Length)
            {
                // One byte more than the limit, so that reaching it can be told from passing it.
                Array.Resize(ref buffer, Math.Min(buffer.Length * Growth, Limit + 1));
            }
        }
    }
}
