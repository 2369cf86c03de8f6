using System.IO.Compression;

namespace TokenKit.Refresh.Request;

/// <summary>Undoes content codings (RFC 9110 section 8.4) that the server chose, asked for or not.</summary>
/// <remarks>
/// Ours, and after the whole body was read: what breaks here is the answer's fault and never taken for the network's, and
/// the limit counts what comes out. The platform's own decoding would let 51 kB become 50 MB.
/// </remarks>
internal static class ContentDecoding
{
    // One is normal, two were seen; a longer chain is made to cost time.
    private const int MostCodings = 2;

    // Nothing was encoded: the standard's word, another one for it, and names of character sets, which servers write here
    // though they belong into Content-Type.
    private static readonly string[] NoCodings = ["identity", "none", "utf-8", "utf8", "us-ascii", "iso-8859-1"];

    /// <summary>The decoded bytes; unreadable where the codings are unknown or the bytes are not what they say.</summary>
    public static async ValueTask<(DecodingEnd End, ReadOnlyMemory<byte> Body)> DecodeAsync(
        ReadOnlyMemory<byte> body, string[] contentEncoding, CancellationToken cancellationToken)
    {
        if (body.IsEmpty || contentEncoding.Length == 0)
        {
            return (DecodingEnd.Decoded, body);
        }

        var codings = contentEncoding
            .SelectMany(static value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(static coding => !NoCodings.Contains(coding, StringComparer.OrdinalIgnoreCase))
            .ToArray();
        if (codings.Length == 0)
        {
            return (DecodingEnd.Decoded, body);
        }

        if (codings.Length > MostCodings)
        {
            return (DecodingEnd.Unreadable, default);
        }

        // They were applied in the order in which they are listed.
        foreach (var coding in codings.Reverse())
        {
            try
            {
                var decoder = DecoderFor(coding, body);
                if (decoder is null)
                {
                    return (DecodingEnd.Unreadable, default);
                }

                await using (decoder.ConfigureAwait(false))
                {
                    if (await CappedBuffer.ReadAsync(decoder, expected: null, cancellationToken).ConfigureAwait(false) is not { } decoded)
                    {
                        return (DecodingEnd.TooLarge, default);
                    }

                    body = decoded;
                }
            }
            catch (Exception corruption) when (corruption is InvalidDataException or InvalidOperationException or IOException)
            {
                // The decoders have no common type for "this is not mine"; the source is memory, so it can be nothing else.
                return (DecodingEnd.Unreadable, default);
            }
        }

        return (DecodingEnd.Decoded, body);
    }

    private static Stream? DecoderFor(string coding, ReadOnlyMemory<byte> body)
    {
        var source = new MemoryStream(body.ToArray(), writable: false);
        return coding.ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => new GZipStream(source, CompressionMode.Decompress),
            "BR" => new BrotliStream(source, CompressionMode.Decompress),
            "DEFLATE" when IsZlib(body.Span) => new ZLibStream(source, CompressionMode.Decompress),
            "DEFLATE" => new DeflateStream(source, CompressionMode.Decompress),
            _ => null,
        };
    }

    // "deflate" means the zlib format, but some servers send the bare stream (RFC 9110 section 8.4.1.2, note).
    private static bool IsZlib(ReadOnlySpan<byte> body) =>
        body.Length >= 2 && (body[0] & 0x0F) == 8 && ((body[0] << 8) | body[1]) % 31 == 0;
}

/// <summary>What came of decoding.</summary>
internal enum DecodingEnd
{
    Decoded,
    Unreadable,
    TooLarge,
}
