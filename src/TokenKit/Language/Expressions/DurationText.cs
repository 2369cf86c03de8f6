using System.Buffers;
using System.Globalization;

namespace TokenKit.Language.Expressions;

/// <summary>
/// Reads a duration with its unit: <c>55m</c>, <c>1h30m</c>, <c>500ms</c>, <c>PT55M</c>, <c>00:55:00</c>, <c>1.00:00:00</c>.
/// A bare number is refused: nobody can tell whether 55 means seconds or minutes.
/// </summary>
internal static class DurationText
{
    private const int LongestText = 40;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    // From the largest to the smallest; a text names each at most once and in this order.
    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("w", TimeSpan.TicksPerDay * 7m),
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a duration; never negative.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (string.IsNullOrEmpty(text) || text.Length > LongestText)
        {
            return false;
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TryParseClock(text, out duration);
        }

        var ticks = text[0] == 'P' ? ReadIso(text.AsSpan(1)) : ReadUnits(text, 0, Units.Length);
        if (ticks is not { } sum || sum > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)sum);
        return true;
    }

    // The platform reads "5" as five days and "00:55" as minutes or seconds by taste; so both colons are required.
    private static bool TryParseClock(string text, out TimeSpan duration) =>
        TimeSpan.TryParseExact(text, ["h\\:mm\\:ss", "hh\\:mm\\:ss", "hh\\:mm\\:ss\\.FFFFFFF", "d\\.hh\\:mm\\:ss"], CultureInfo.InvariantCulture, out duration);

    // ISO 8601 without years and months, which have no fixed length: P7D, PT1H30M, P1DT12H, P2W.
    private static decimal? ReadIso(ReadOnlySpan<char> text)
    {
        var t = text.IndexOf('T');
        var date = t < 0 ? text : text[..t];
        var time = t < 0 ? [] : text[(t + 1)..];
        if ((date.IsEmpty && time.IsEmpty) || (t >= 0 && time.IsEmpty))
        {
            return null;
        }

        // Weeks and days before the T, hours to seconds after it: the M of a month never becomes a minute.
        return (date.IsEmpty ? 0 : ReadUnits(date, 0, 2, upper: true)) + (time.IsEmpty ? 0 : ReadUnits(time, 2, 5, upper: true));
    }

    private static decimal? ReadUnits(ReadOnlySpan<char> text, int firstUnit, int endUnit, bool upper = false)
    {
        var sum = 0m;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !char.IsAsciiDigit(text[0]) || text[digits - 1] == '.'
                || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            text = text[digits..];
            var length = text.IndexOfAnyInRange('0', '9');
            var word = length < 0 ? text : text[..length];
            var unit = FindUnit(word, firstUnit, endUnit, upper);
            if (unit < 0 || number > TimeSpan.MaxValue.Ticks)
            {
                return null;
            }

            sum += Math.Min(number, TimeSpan.MaxValue.Ticks / Units[unit].Ticks + 1) * Units[unit].Ticks;
            firstUnit = unit + 1;
            text = text[word.Length..];
        }

        return sum;
    }

    private static int FindUnit(ReadOnlySpan<char> word, int first, int end, bool upper)
    {
        for (var i = first; i < end; i++)
        {
            if (word.Equals(upper ? Units[i].Unit.ToUpperInvariant() : Units[i].Unit, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
