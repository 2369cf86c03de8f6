using System.Collections.Immutable;
using System.Globalization;

namespace TokenKit.Language.Expressions.Functions;

/// <summary>Functions that cut and join texts. Culture-free.</summary>
internal static class TextFunctions
{
    public static ExpressionFunction[] All { get; } =
    [
        ExpressionFunction.TextToText("concat", static text => text),
        ExpressionFunction.TextToText("lower", static text => text.ToLowerInvariant()),
        ExpressionFunction.TextToText("upper", static text => text.ToUpperInvariant()),
        ExpressionFunction.TextToText("trim", static text => text.Trim()),
        new("split", "split(text, ',')", 2, 2, Split)
        {
            Check = static arguments => arguments[1] is LiteralNode && string.IsNullOrEmpty(ExpressionFunction.LiteralText(arguments[1]))
                ? "split needs a separator, as in split(text, ',')"
                : null,
        },
        new("substring", "substring(text, start, length)", 2, 3, Substring),
    ];

    private static Evaluation Split(ReadOnlySpan<Evaluation> arguments)
    {
        if (!arguments[0].TryGetText(out var text, out var problem) || !arguments[1].TryGetText(out var separator, out problem))
        {
            return problem;
        }

        if (separator.Length == 0)
        {
            return Evaluation.Unusable("split", "was given an empty separator");
        }

        var parts = text.Split(separator, ExpressionLimits.ListLength + 1);
        return parts.Length <= ExpressionLimits.ListLength
            ? new(new ExpressionValue.ListValue([.. parts.Select(static part => ExpressionValue.Of(part))]), "split")
            : Evaluation.Unusable("split", $"gives more than {ExpressionLimits.ListLength} parts");
    }

    // What lies beyond the end is simply not there.
    private static Evaluation Substring(ReadOnlySpan<Evaluation> arguments)
    {
        if (!arguments[0].TryGetText(out var text, out var problem)
            || !TryGetCount(arguments[1], out var start, out problem))
        {
            return problem;
        }

        var length = int.MaxValue;
        if (arguments.Length == 3 && !TryGetCount(arguments[2], out length, out problem))
        {
            return problem;
        }

        start = Math.Min(start, text.Length);
        return new(ExpressionValue.Of(text.Substring(start, Math.Min(length, text.Length - start))), "substring");
    }

    private static bool TryGetCount(Evaluation argument, out int count, out Evaluation problem)
    {
        count = 0;
        if (!argument.TryGetText(out var text, out problem))
        {
            return false;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return true;
        }

        problem = Evaluation.Unusable("substring", "needs whole numbers from 0 for start and length");
        return false;
    }
}
