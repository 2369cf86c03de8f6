using System.Globalization;

namespace TokenKit;

/// <summary>An operand that must be a time: <c>now</c>, <c>token.expiresAt</c>, or a text in ISO 8601 with its offset.</summary>
internal static class TimeOperand
{
    private static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    public static bool TryGet(Evaluation operand, out DateTimeOffset time, out Evaluation problem)
    {
        if (operand.Value is ExpressionValue.TimeValue value)
        {
            (time, problem) = (value.Time, default);
            return true;
        }

        time = default;
        if (!operand.TryGetText(out var text, out problem))
        {
            return false;
        }

        // A text without an offset is read as UTC: times in the language are UTC.
        if (text.Length <= 40 && DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
        {
            return true;
        }

        problem = Evaluation.Unusable(operand.Name, "is not a time");
        return false;
    }
}
