using System.Globalization;

namespace TokenKit;

/// <summary>A duration as people write it: <c>55m</c>, <c>1h30m</c>, <c>PT55M</c>, <c>00:55:00</c>.</summary>
/// <remarks>
/// A unit is required: a bare number means seconds to one reader and minutes to the next. Years and months are refused,
/// because they have no length of their own. Pure; bounded by the length of the text.
/// </remarks>
internal static class DurationText
{
    // Longer than any duration that means something; keeps a hostile text from costing time.
    private const int MaximumLength = 64;

    /// <summary>Reads a duration. Blanks around it are ignored.</summary>
    /// <returns><see langword="false"/> for anything else: no unit, a sign, a month, too long for a <see cref="TimeSpan"/>.</returns>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is null || text.Length > MaximumLength)
        {
            return false;
        }

        var span = text.AsSpan().Trim();
        decimal seconds;
        var read = span.Contains(':')
            ? TryReadClock(span, out seconds)
            : span is ['P' or 'p', .. var iso]
                ? TryReadIso(iso, out seconds)
                : TryReadUnits(span, out seconds);
        if (!read || seconds > (decimal)TimeSpan.MaxValue.TotalSeconds - 1)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    // 1h30m, 90s, 250ms: numbers with units, the larger unit first.
    private static bool TryReadUnits(ReadOnlySpan<char> text, out decimal seconds)
    {
        seconds = 0;
        var smallest = decimal.MaxValue;
        var any = false;
        while (!text.IsEmpty)
        {
            if (!TryTakeNumber(ref text, out var number))
            {
                return false;
            }

            var letters = 0;
            while (letters < text.Length && char.IsAsciiLetter(text[letters]))
            {
                letters++;
            }

            var unit = UnitOf(text[..letters]);
            if (unit == 0 || unit >= smallest || !TryAdd(ref seconds, number, unit))
            {
                return false;
            }

            text = text[letters..];
            smallest = unit;
            any = true;
        }

        return any;
    }

    // ISO 8601 after its P: 1W, 1DT2H, T55M, T0.5S.
    private static bool TryReadIso(ReadOnlySpan<char> text, out decimal seconds)
    {
        seconds = 0;
        var inTime = false;
        var any = false;
        var smallest = decimal.MaxValue;
        while (!text.IsEmpty)
        {
            if (!inTime && text[0] is 'T' or 't')
            {
                inTime = true;
                any = false;
                text = text[1..];
                continue;
            }

            if (!TryTakeNumber(ref text, out var number) || text.IsEmpty)
            {
                return false;
            }

            decimal unit = (inTime, char.ToUpperInvariant(text[0])) switch
            {
                (false, 'W') => 604_800,
                (false, 'D') => 86_400,
                (true, 'H') => 3_600,
                (true, 'M') => 60,
                (true, 'S') => 1,
                _ => 0,
            };
            if (unit == 0 || unit >= smallest || !TryAdd(ref seconds, number, unit))
            {
                return false;
            }

            text = text[1..];
            smallest = unit;
            any = true;
        }

        return any;
    }

    // h:mm:ss and d.hh:mm:ss, the forms of TimeSpan. Two parts only would be read both ways, and are refused.
    private static bool TryReadClock(ReadOnlySpan<char> text, out decimal seconds)
    {
        seconds = 0;
        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, ':') != 3)
        {
            return false;
        }

        var hours = text[parts[0]];
        var dot = hours.IndexOf('.');
        if (dot >= 0)
        {
            var days = hours[..dot];
            hours = hours[(dot + 1)..];
            if (!TryReadWhole(days, out var count) || !TryAdd(ref seconds, count, 86_400))
            {
                return false;
            }
        }

        var rest = text[parts[2]];
        return TryReadWhole(hours, out var wholeHours)
            && (dot < 0 || wholeHours < 24)
            && TryReadWhole(text[parts[1]], out var minutes) && minutes < 60
            && TryTakeNumber(ref rest, out var lastSeconds) && rest.IsEmpty && lastSeconds < 60
            && TryAdd(ref seconds, wholeHours, 3_600)
            && TryAdd(ref seconds, minutes, 60)
            && TryAdd(ref seconds, lastSeconds, 1);
    }

    private static decimal UnitOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => 0.001m,
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => 0,
    };

    private static bool TryReadWhole(ReadOnlySpan<char> digits, out decimal number) =>
        decimal.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryTakeNumber(ref ReadOnlySpan<char> text, out decimal number)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] == '.'))
        {
            length++;
        }

        var digits = text[..length];
        text = text[length..];
        number = 0;
        return length > 0
            && char.IsAsciiDigit(digits[0])
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryAdd(ref decimal seconds, decimal number, decimal unit)
    {
        // Below this no product or sum of ours leaves the range of decimal.
        if (number > 1_000_000_000_000_000)
        {
            return false;
        }

        seconds += number * unit;
        return true;
    }
}
