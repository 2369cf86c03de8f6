using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace TokenKit.Definitions;

/// <summary>A format of durations such as <c>d:hh:mm</c> or <c>h:mm:ss</c>: runs of one letter of <c>d h m s</c>, and what stands between.</summary>
/// <remarks>
/// The letter says the unit; how often it stands does not matter, for servers pad as they like. A part may be larger than
/// its unit's usual share (<c>0:90:00</c> is an hour and a half). Immutable.
/// </remarks>
internal sealed class DurationFormat
{
    private const int MaximumLength = 32;
    private readonly ImmutableArray<Part> _parts;

    private DurationFormat(ImmutableArray<Part> parts) => _parts = parts;

    /// <summary>Compiles a format.</summary>
    /// <returns>
    /// <see langword="false"/> when it holds another letter, the same unit twice, two units with nothing between them, or
    /// no unit.
    /// </returns>
    public static bool TryCompile(string? format, [NotNullWhen(true)] out DurationFormat? compiled)
    {
        compiled = null;
        if (format is null || format.Length > MaximumLength)
        {
            return false;
        }

        var parts = ImmutableArray.CreateBuilder<Part>();
        var units = new HashSet<long>();
        for (var index = 0; index < format.Length;)
        {
            var letter = format[index];
            var unit = UnitOf(letter);
            if (unit == 0)
            {
                if (char.IsLetterOrDigit(letter))
                {
                    return false;
                }

                parts.Add(new Part(letter, 0));
                index++;
                continue;
            }

            if (!units.Add(unit) || parts is [.., { Unit: > 0 }])
            {
                return false;
            }

            parts.Add(new Part(letter, unit));
            while (index < format.Length && format[index] == letter)
            {
                index++;
            }
        }

        if (units.Count == 0)
        {
            return false;
        }

        compiled = new DurationFormat(parts.ToImmutable());
        return true;
    }

    /// <summary>Reads a text in this format. Blanks around it are ignored; what is too large is the largest duration.</summary>
    public bool TryRead(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan().Trim();
        var total = 0d;
        foreach (var part in _parts)
        {
            if (part.Unit == 0)
            {
                if (rest.IsEmpty || rest[0] != part.Letter)
                {
                    return false;
                }

                rest = rest[1..];
                continue;
            }

            var digits = 0;
            var value = 0d;
            while (digits < rest.Length && char.IsAsciiDigit(rest[digits]))
            {
                value = (value * 10) + (rest[digits] - '0');
                digits++;
            }

            if (digits == 0)
            {
                return false;
            }

            total += value * part.Unit;
            rest = rest[digits..];
        }

        if (!rest.IsEmpty)
        {
            return false;
        }

        duration = total >= TimeSpan.MaxValue.TotalSeconds ? TimeSpan.MaxValue : TimeSpan.FromSeconds((long)total);
        return true;
    }

    private static long UnitOf(char letter) => letter switch
    {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => 0,
    };

    /// <summary>A unit in seconds, or, where that is zero, a character to be found as it is.</summary>
    private readonly record struct Part(char Letter, long Unit);
}
