using System.Globalization;
using TokenKit.Definitions.Configuration;

namespace TokenKit.Tests;

/// <summary>Defaults and ranges of keys as texts: as configuration writes them, and as a sentence does.</summary>
internal static class KeyTexts
{
    private static readonly (TimeSpan Unit, string Short, string Name)[] Units =
    [
        (TimeSpan.FromDays(1), "d", "day"), (TimeSpan.FromHours(1), "h", "hour"), (TimeSpan.FromMinutes(1), "m", "minute"),
        (TimeSpan.FromSeconds(1), "s", "second"), (TimeSpan.FromMilliseconds(1), "ms", "millisecond"),
    ];

    /// <summary>A value as configuration writes it.</summary>
    public static string Written(object value) => value switch
    {
        TimeSpan span when span == TimeSpan.Zero => "0s",
        TimeSpan span => string.Create(CultureInfo.InvariantCulture, $"{span / UnitOf(span).Unit}{UnitOf(span).Short}"),
        bool flag => flag ? "true" : "false",
        TextList { Count: 1 } texts => texts[0],
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"{value.GetType()} has no form in configuration yet."),
    };

    /// <summary>The range as configuration writes its bounds, in Markdown; empty where there is none.</summary>
    public static string Range(KeyRange? range) => range switch
    {
        null => "",
        { IsOpen: true } => $"above `{Written(range.Least)}`, below `{Written(range.Most)}`",
        _ => $"`{Written(range.Least)}` to `{Written(range.Most)}`{(range.AllowsNever ? ", or `never`" : "")}",
    };

    /// <summary>What the documentation of an option must say of range and default; <see langword="null"/> where the table knows neither.</summary>
    public static string? Sentence(ConfigurationKey key)
    {
        var byDefault = key.Default switch
        {
            null => null,
            " " => "a blank",
            TimeSpan span => Spoken(span),
            bool or string or TextList => $"`{Written(key.Default)}`",
            _ => Written(key.Default),
        };
        var range = key.Range switch
        {
            null => null,
            { IsOpen: true } open => $"Above {Spoken(open.Least)} and below {Spoken(open.Most)}",
            var closed => $"From {Spoken(closed.Least)} to {Spoken(closed.Most)}{(closed.AllowsNever ? ", or `never`" : "")}",
        };
        return (range, byDefault) switch
        {
            (null, null) => null,
            (null, not null) => $"{char.ToUpperInvariant(byDefault[0])}{byDefault[1..]} by default.",
            _ => $"{range}; {byDefault ?? "none"} by default.",
        };
    }

    private static string Spoken(object value)
    {
        if (value is not TimeSpan span)
        {
            return value is int number ? number.ToString("N0", CultureInfo.InvariantCulture) : Written(value);
        }

        if (span == TimeSpan.Zero)
        {
            return "0";
        }

        var (unit, _, name) = UnitOf(span);
        return string.Create(CultureInfo.InvariantCulture, $"{span / unit:N0} {name}{(span == unit ? "" : "s")}");
    }

    private static (TimeSpan Unit, string Short, string Name) UnitOf(TimeSpan span) => Units.First(unit => span.Ticks % unit.Unit.Ticks == 0);
}
