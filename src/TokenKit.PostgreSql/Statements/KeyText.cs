using System.Globalization;
using System.Text;

namespace TokenKit;

/// <summary>Writes the parts of a key as text that PostgreSQL can hold, and reads them back.</summary>
/// <remarks>
/// PostgreSQL takes neither NUL nor half a surrogate pair, and a key may have both. The columns are for people and listings;
/// which row is meant is decided by the hash of the key alone. No two texts are written alike, and what begins with a text
/// is written with the same beginning.
/// </remarks>
internal static class KeyText
{
    public static string Encode(string text)
    {
        StringBuilder? encoded = null;
        for (var index = 0; index < text.Length; index++)
        {
            var unit = text[index];
            var isPair = char.IsHighSurrogate(unit) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
            if (isPair)
            {
                encoded?.Append(unit).Append(text[index + 1]);
                index++;
            }
            else if (unit is '\\' or '\0' or '\n' || char.IsSurrogate(unit))
            {
                encoded ??= new StringBuilder(text, 0, index, text.Length + 16);
                encoded.Append(CultureInfo.InvariantCulture, $"\\{(int)unit:x4}");
            }
            else
            {
                encoded?.Append(unit);
            }
        }

        return encoded?.ToString() ?? text;
    }

    /// <exception cref="FormatException">Somebody else wrote it.</exception>
    public static string Decode(string text)
    {
        if (!text.AsSpan().ContainsAny('\\', '\n'))
        {
            return text;
        }

        var decoded = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                decoded.Append(text[index]);
            }
            else if (index + 4 < text.Length
                && ushort.TryParse(text.AsSpan(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                decoded.Append((char)unit);
                index += 4;
            }
            else
            {
                throw new FormatException("A backslash stands before what is no character.");
            }
        }

        // A text that is written in two ways would be two keys for people and one for a program.
        var original = decoded.ToString();
        return Encode(original) == text ? original : throw new FormatException("It is not written as this store writes.");
    }
}
