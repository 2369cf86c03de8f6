using System.Globalization;

namespace TokenKit.Language.Formats;

/// <summary>Reads an HTTP date in its three forms (RFC 9110 section 5.6.7).</summary>
internal static class HttpDate
{
    private static readonly string[] Formats =
    [
        "dd MMM yyyy HH:mm:ss 'GMT'",
        "d MMM yyyy HH:mm:ss 'GMT'",
        "dd-MMM-yy HH:mm:ss 'GMT'",
        "MMM d HH:mm:ss yyyy",
    ];

    /// <summary>
    /// Reads a date. The name of the day is dropped first: it says nothing that the date does not, and the platform refuses
    /// a date whose day is wrong.
    /// </summary>
    public static bool TryParse(string text, out DateTimeOffset date)
    {
        date = default;
        if (text.Length > 64)
        {
            return false;
        }

        var value = text.AsSpan().Trim();
        var rest = WithoutDayName(value);
        return rest.Length < value.Length && DateTimeOffset.TryParseExact(
            rest,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite,
            out date);
    }

    /// <summary>The date without the name of its day, where one stands before it.</summary>
    public static ReadOnlySpan<char> WithoutDayName(ReadOnlySpan<char> text)
    {
        var letters = 0;
        while (letters < text.Length && char.IsAsciiLetter(text[letters]))
        {
            letters++;
        }

        return letters < 3 ? text : text[letters..].TrimStart(',').Trim();
    }
}
