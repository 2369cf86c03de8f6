using System.Globalization;

namespace TokenKit.Language.Formats;

/// <summary>Reads an absolute time as token endpoints write it: ISO 8601, an HTTP date, epoch seconds or milliseconds.</summary>
internal static class ExpiryTime
{
    // As seconds this is the year 5138, as milliseconds March 1973: no expiry lies near it either way.
    private const double SecondsEndHere = 100_000_000_000;

    private const int MaximumLength = 64;

    private static readonly string[] IsoFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyyMMdd'T'HHmmssK",
        "yyyy-MM-dd HH:mm:ss 'UTC'",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF zzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz",
        "yyyy-MM-dd",
    ];

    // RFC 1123 section 5.2.14: the date of mail, whose zone is mostly a number and whose day may be left out.
    private static readonly string[] MailFormats =
    [
        "d MMM yyyy HH:mm:ss zzz",
        "d MMM yyyy HH:mm:ss 'GMT'",
        "d MMM yyyy HH:mm:ss 'UTC'",
    ];

    /// <summary>Reads a time. One without an offset is UTC.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">The definition's own format, in the letters of .NET, tried before the known forms.</param>
    /// <param name="time">The time.</param>
    public static bool TryRead(string text, string? format, out DateTimeOffset time)
    {
        time = default;
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var value = text.AsSpan().Trim();
        if (format is not null
            && value.Length <= MaximumLength
            && DateTimeOffset.TryParseExact(value, format, CultureInfo.InvariantCulture, Styles, out time))
        {
            return true;
        }

        if (DecimalText.TryRead(value, out var number))
        {
            var milliseconds = Math.Abs(number) > SecondsEndHere ? number : number * 1000;
            time = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Clamp(
                milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
            return true;
        }

        return value.Length <= MaximumLength
            && (DateTimeOffset.TryParseExact(CutFraction(value), IsoFormats, CultureInfo.InvariantCulture, Styles, out time)
                || DateTimeOffset.TryParseExact(HttpDate.WithoutDayName(value), MailFormats, CultureInfo.InvariantCulture, Styles, out time)
                || HttpDate.TryParse(value.ToString(), out time));
    }

    // The platform reads seven digits of a fraction; some servers write nine.
    private static string CutFraction(ReadOnlySpan<char> text)
    {
        var dot = text.IndexOf('.');
        var end = dot + 1;
        while (dot >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return dot >= 0 && end - dot > 8 ? string.Concat(text[..(dot + 8)], text[end..]) : text.ToString();
    }
}
