using System.Globalization;
using System.Text;

namespace TokenKit;

/// <summary>Writes a text so that every database and every driver holds it, and reads it back.</summary>
/// <remarks>
/// Control characters and halves of surrogate pairs are written as a backslash and four digits, and so is the backslash. No two texts are
/// written alike, and what begins with a text is written with the same beginning.
/// </remarks>
internal static class KeyText
{
    private const int Digits = 4;

    public static string Encode(string text)
    {
        StringBuilder? encoded = null;
        for (var index = 0; index < text.Length; index++)
        {
            var isPair = index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]);
            if (!isPair && (text[index] == '\\' || char.IsControl(text[index]) || char.IsSurrogate(text[index])))
            {
                encoded ??= new StringBuilder(text, 0, index, text.Length + 16);
                encoded.Append(CultureInfo.InvariantCulture, $"\\{(int)text[index]:x4}");
                continue;
            }

            encoded?.Append(text, index, isPair ? 2 : 1);
            index += isPair ? 1 : 0;
        }

        return encoded?.ToString() ?? text;
    }

    /// <exception cref="FormatException">Somebody else wrote it.</exception>
    public static string Decode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                decoded.Append(text[index]);
                continue;
            }

            if (index + Digits >= text.Length
                || !ushort.TryParse(text.AsSpan(index + 1, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                throw new FormatException("A backslash stands before what is no character.");
            }

            decoded.Append((char)unit);
            index += Digits;
        }

        var original = decoded.ToString();
        return Encode(original) == text ? original : throw new FormatException("It is not written as this store writes.");
    }
}
