using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace TokenKit.Refresh.Map;

/// <summary>Finds out in which encoding a document in XML is written, where that is not UTF-8 (XML 1.0 section 4.3.3).</summary>
/// <remarks>
/// A byte order mark decides. Without one, what is UTF-8 is read as that whatever the document or the header claims: the claims
/// were seen to be wrong as often as right, and ISO-8859-1 in which each letter beyond ASCII happens to be UTF-8 is none that anybody
/// writes. Then the document's declaration counts, and then the header (RFC 7303 section 3).
/// </remarks>
internal static partial class XmlEncoding
{
    private const int LongestDeclaration = 256;

    /// <summary>Reads the text of a document that is not UTF-8.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="contentType">The header; empty where there is none.</param>
    /// <param name="text">The text, without a byte order mark.</param>
    /// <returns>Whether it has another encoding, which is known, and is written in it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, string contentType, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (EncodingOf(bytes, contentType) is not { } encoding)
        {
            return false;
        }

        try
        {
            text = encoding.GetString(bytes).TrimStart('\uFEFF');
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static Encoding? EncodingOf(ReadOnlySpan<byte> bytes, string contentType) => bytes switch
    {
        // UTF-32 begins with the same two bytes, and no server was seen to write it.
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => null,
        [0xFF, 0xFE, ..] or [(byte)'<', 0, _, 0, ..] => Utf16(bigEndian: false),
        [0xFE, 0xFF, ..] or [0, (byte)'<', 0, _, ..] => Utf16(bigEndian: true),
        _ when Utf8.IsValid(bytes) => null,
        _ => EightBits(Declared(bytes) ?? Charset().Match(contentType).Groups[1].Value),
    };

    private static UnicodeEncoding Utf16(bool bigEndian) => new(bigEndian, byteOrderMark: false, throwOnInvalidBytes: true);

    private static string? Declared(ReadOnlySpan<byte> bytes)
    {
        var begin = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, LongestDeclaration)]);
        return Declaration().Match(begin) is { Success: true } declaration ? declaration.Groups[1].Value : null;
    }

    private static Encoding? EightBits(string name) => name.ToLowerInvariant() is "iso-8859-1" or "iso_8859-1" or "latin1" or "latin-1" or "l1"
        ? Encoding.Latin1
        : null;

    [GeneratedRegex("""^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""", RegexOptions.CultureInvariant)]
    private static partial Regex Declaration();

    [GeneratedRegex("""charset\s*=\s*["']?([A-Za-z0-9._-]+)""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Charset();
}
