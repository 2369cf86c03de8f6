using TokenKit.Language.Formats;

namespace TokenKit.Language.Expressions;

/// <summary>
/// An operand that must be a time: <c>now</c>, <c>token.expiresAt</c>, or what an answer writes as one, read as
/// <c>Response.ExpiresAt</c> is.
/// </summary>
internal static class TimeOperand
{
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

        if (ExpiryTime.TryRead(text, format: null, out time))
        {
            return true;
        }

        problem = Evaluation.Unusable(operand.Name, "is not a time");
        return false;
    }
}
