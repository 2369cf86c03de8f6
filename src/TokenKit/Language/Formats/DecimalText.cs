using System.Globalization;

namespace TokenKit.Language.Formats;

/// <summary>Reads a number of JSON's shape (RFC 8259 section 6), of any length, in a time that its length bounds.</summary>
internal static class DecimalText
{
    /// <summary>
    /// Reads digits with an optional minus, fraction and exponent; blanks around them are ignored. No hexadecimal, no
    /// thousands separator, no word and no digit of another script, whatever the culture.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="number">The number, infinite where it is larger than any <see cref="double"/>.</param>
    public static bool TryRead(ReadOnlySpan<char> text, out double number)
    {
        number = 0;
        text = text.Trim();
        var rest = text is ['-', .. var unsigned] ? unsigned : text;
        if (!SkipDigits(ref rest))
        {
            return false;
        }

        if (rest is ['.', .. var fraction])
        {
            rest = fraction;
            if (!SkipDigits(ref rest))
            {
                return false;
            }
        }

        if (rest is ['e' or 'E', .. var exponent])
        {
            rest = exponent is ['+' or '-', .. var digits] ? digits : exponent;
            if (!SkipDigits(ref rest))
            {
                return false;
            }
        }

        return rest.IsEmpty && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static bool SkipDigits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        end = end < 0 ? text.Length : end;
        text = text[end..];
        return end > 0;
    }
}
