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
    private const string HexDigits = "0123456789ABCDEF";

    public static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        AppendTo(encoded, text);
        return encoded.ToString();
    }

    /// <summary>Joins fields in their order.</summary>
    public static byte[] Encode(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var encoded = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            if (encoded.Length > 0)
            {
                encoded.Append('&');
            }

            AppendTo(encoded, name);
            encoded.Append('=');
            AppendTo(encoded, value);
        }

        return Encoding.ASCII.GetBytes(encoded.ToString());
    }

    private static void AppendTo(StringBuilder encoded, string text)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'*' or (byte)'-' or (byte)'.' or (byte)'_')
            {
                encoded.Append((char)octet);
            }
            else if (octet == (byte)' ')
            {
                encoded.Append('+');
            }
            else
            {
                encoded.Append('%').Append(HexDigits[octet >> 4]).Append(HexDigits[octet & 0xF]);
            }
        }
    }
}
