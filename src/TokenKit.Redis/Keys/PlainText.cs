using System.Globalization;
using System.Text;

namespace TokenKit;

/// <summary>Writes a part of a key as printable ASCII, and reads it back.</summary>
/// <remarks>
/// A part may hold half a surrogate pair, which no encoding of whole characters keeps. No two texts are written alike, and what begins with a
/// text is written with the same beginning.
/// </remarks>
internal static class PlainText
{
    public static string Encode(string text)
    {
        if (text.All(IsPlain))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var unit in text)
        {
            _ = IsPlain(unit) ? encoded.Append(unit) : encoded.Append(CultureInfo.InvariantCulture, $"\\{(int)unit:x4}");
        }

        return encoded.ToString();
    }

    /// <summary>The text, or <see langword="null"/> where somebody else wrote it.</summary>
    public static string? Decode(ReadOnlySpan<char> text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                decoded.Append(text[index]);
            }
            else if (index + 4 < text.Length
                && ushort.TryParse(text.Slice(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                decoded.Append((char)unit);
                index += 4;
            }
            else
            {
                return null;
            }
        }

        var original = decoded.ToString();
        return text.SequenceEqual(Encode(original)) ? original : null;
    }

    private static bool IsPlain(char unit) => unit is >= ' ' and <= '~' and not '\\';
}
