using System.Buffers;
using System.Text;

namespace TokenKit.Refresh.Request;

/// <summary>Writes application/x-www-form-urlencoded in UTF-8 (RFC 6749 appendix B).</summary>
/// <remarks>
/// Letters, digits and <c>* - . _</c> stay, a blank becomes <c>+</c>, every other byte <c>%XX</c>. The platform's encoders
/// differ in these: one leaves <c>!</c>, <c>(</c> and <c>)</c> as they are, one escapes <c>*</c>, and a credential must
/// arrive the same at every server.
/// </remarks>
internal static class FormEncoding
{
    private static readonly SearchValues<char> Unescaped = SearchValues.Create(
        "*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static ReadOnlySpan<byte> HexDigits => "0123456789ABCDEF"u8;

    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unescaped))
        {
            return text;
        }

        var encoded = new ArrayBufferWriter<byte>(text.Length + 16);
        Write(encoded, text);
        return Encoding.ASCII.GetString(encoded.WrittenSpan);
    }

    /// <summary>Joins fields in their order.</summary>
    public static byte[] Encode(List<KeyValuePair<string, string>> fields)
    {
        // Room for most, so that no outgrown buffer is left behind.
        var length = 32;
        foreach (var (name, value) in fields)
        {
            length += name.Length + value.Length + 2;
        }

        var encoded = new ArrayBufferWriter<byte>(length);
        foreach (var (name, value) in fields)
        {
            if (encoded.WrittenCount > 0)
            {
                encoded.Write("&"u8);
            }

            Write(encoded, name);
            encoded.Write("="u8);
            Write(encoded, value);
        }

        return encoded.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> encoded, string text)
    {
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var octet in octets[..rune.EncodeToUtf8(octets)])
            {
                if (Unescaped.Contains((char)octet))
                {
                    encoded.Write([octet]);
                }
                else if (octet == (byte)' ')
                {
                    encoded.Write("+"u8);
                }
                else
                {
                    encoded.Write([(byte)'%', HexDigits[octet >> 4], HexDigits[octet & 0xF]]);
                }
            }
        }
    }
}
