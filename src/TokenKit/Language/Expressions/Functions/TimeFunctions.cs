using System.Collections.Immutable;
using System.Globalization;

namespace TokenKit.Language.Expressions.Functions;

/// <summary>Functions that write a time. All in UTC.</summary>
internal static class TimeFunctions
{
    public static ExpressionFunction[] All { get; } =
    [
        new("format", "format(time, 'yyyy-MM-dd')", 2, 2, Format) { Check = CheckFormat },
        new("unix", "unix(time)", 1, 1, static arguments => Count("unix", arguments[0], static time => time.ToUnixTimeSeconds())),
        new("unixms", "unixms(time)", 1, 1, static arguments => Count("unixms", arguments[0], static time => time.ToUnixTimeMilliseconds())),
    ];

    private static Evaluation Count(string name, Evaluation argument, Func<DateTimeOffset, long> count) =>
        TimeOperand.TryGet(argument, out var time, out var problem) ? new(ExpressionValue.Of(count(time)), name) : problem;

    private static Evaluation Format(ReadOnlySpan<Evaluation> arguments)
    {
        if (!TimeOperand.TryGet(arguments[0], out var time, out var problem) || !arguments[1].TryGetText(out var format, out problem))
        {
            return problem;
        }

        return new(ExpressionValue.Of(time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture)), "format");
    }

    // The format must be written out, so that one the platform cannot read is refused at start and not in a refresh.
    private static string? CheckFormat(ImmutableArray<ExpressionNode> arguments)
    {
        if (ExpressionFunction.LiteralText(arguments[1]) is not { Length: > 0 and <= 100 } format)
        {
            return "format needs its pattern written out, as in format(now, 'yyyy-MM-dd')";
        }

        try
        {
            _ = DateTime.UnixEpoch.ToString(format, CultureInfo.InvariantCulture);
            return null;
        }
        catch (FormatException)
        {
            return "format has a pattern that cannot be read; it is one such as 'yyyy-MM-ddTHH:mm:ssZ'";
        }
    }
}
