using System.Globalization;

namespace TokenKit.Language.Expressions;

/// <summary>
/// What <c>==</c> and <c>in</c> mean. Absent and <c>null</c> are equal; two numbers are equal by value; else the texts of
/// both are compared ordinally, so that <c>"0"</c> and <c>0</c> are equal: servers change between the two. What has no
/// text equals nothing.
/// </summary>
internal static class ExpressionEquality
{
    // Longer numbers are compared as written: no length costs time, and none is a status or a code.
    private const int LongestNumber = 30;

    public static bool AreEqual(ExpressionValue left, ExpressionValue right)
    {
        if (IsNothing(left) || IsNothing(right))
        {
            return IsNothing(left) && IsNothing(right);
        }

        if (left is ExpressionValue.NumberValue a && right is ExpressionValue.NumberValue b
            && TryRead(a.Raw, out var x) && TryRead(b.Raw, out var y))
        {
            return x == y;
        }

        if (left is ExpressionValue.TimeValue early && right is ExpressionValue.TimeValue late)
        {
            return early.Time == late.Time;
        }

        return left.TryGetText(out var first) && right.TryGetText(out var second)
            && string.Equals(first, second, StringComparison.Ordinal);
    }

    private static bool IsNothing(ExpressionValue value) =>
        value is ExpressionValue.AbsentValue or ExpressionValue.NullValue;

    private static bool TryRead(string raw, out decimal number)
    {
        number = 0;
        return raw.Length <= LongestNumber
            && decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
