using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TokenKit.Language.Expressions;

/// <summary>Writes values of the language as JSON (RFC 8259).</summary>
internal static class JsonText
{
    private const int DeepestValue = 64;

    // Escapes what RFC 8259 section 7 asks for and leaves other scripts readable; nobody puts this text into HTML.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>A well-formed text as a JSON string, quotes included.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, Encoder)}\"";

    /// <summary>Whether the text is a number as RFC 8259 section 6 writes it.</summary>
    public static bool IsNumber(ReadOnlySpan<char> text)
    {
        if (text is ['-', ..])
        {
            text = text[1..];
        }

        var whole = TakeDigits(ref text);
        if (whole.IsEmpty || (whole.Length > 1 && whole[0] == '0'))
        {
            return false;
        }

        if (text is ['.', ..])
        {
            text = text[1..];
            if (TakeDigits(ref text).IsEmpty)
            {
                return false;
            }
        }

        if (text is ['e' or 'E', ..])
        {
            text = text[1..];
            text = text is ['+' or '-', ..] ? text[1..] : text;
            if (TakeDigits(ref text).IsEmpty)
            {
                return false;
            }
        }

        return text.IsEmpty;
    }

    /// <summary>Writes a value with its type.</summary>
    /// <param name="value">The value.</param>
    /// <param name="json">The JSON text.</param>
    /// <param name="why">What hinders it, without its content.</param>
    public static bool TryWrite(ExpressionValue value, [NotNullWhen(true)] out string? json, [NotNullWhen(false)] out string? why)
    {
        var builder = new StringBuilder();
        why = Append(builder, value, 0);
        json = why is null ? builder.ToString() : null;
        return why is null;
    }

    private static ReadOnlySpan<char> TakeDigits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }

    private static string? Append(StringBuilder builder, ExpressionValue value, int depth)
    {
        if (depth > DeepestValue || builder.Length > ExpressionLimits.ResultLength)
        {
            return "is nested too deeply or too long to write as JSON";
        }

        switch (value)
        {
            case ExpressionValue.NullValue:
                builder.Append("null");
                return null;
            case ExpressionValue.BooleanValue boolean:
                builder.Append(boolean.Value ? "true" : "false");
                return null;
            case ExpressionValue.NumberValue number when IsNumber(number.Raw):
                builder.Append(number.Raw);
                return null;
            case ExpressionValue.ListValue list:
                return AppendList(builder, list, depth);
            case ExpressionValue.ObjectValue @object:
                return AppendObject(builder, @object, depth);
            case ExpressionValue.UnreadableValue unreadable:
                return unreadable.Why;
            default:
                return AppendText(builder, value);
        }
    }

    private static string? AppendText(StringBuilder builder, ExpressionValue value)
    {
        if (!value.TryGetText(out var text))
        {
            return "has no value";
        }

        if (!WellFormedText.Is(text))
        {
            return WellFormedText.Problem;
        }

        builder.Append(Quote(text));
        return null;
    }

    private static string? AppendList(StringBuilder builder, ExpressionValue.ListValue list, int depth)
    {
        builder.Append('[');
        var separator = "";
        foreach (var item in list.Items)
        {
            builder.Append(separator);
            separator = ",";
            if (Append(builder, item, depth + 1) is { } why)
            {
                return why;
            }
        }

        builder.Append(']');
        return null;
    }

    private static string? AppendObject(StringBuilder builder, ExpressionValue.ObjectValue value, int depth)
    {
        builder.Append('{');
        var separator = "";

        // A dictionary has no order; the same value must give the same text each time.
        foreach (var (name, member) in value.Members.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!WellFormedText.Is(name))
            {
                return WellFormedText.Problem;
            }

            builder.Append(separator).Append(Quote(name)).Append(':');
            separator = ",";
            if (Append(builder, member, depth + 1) is { } why)
            {
                return why;
            }
        }

        builder.Append('}');
        return null;
    }
}
