using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Refresh.Map;

/// <summary>Reads a body of <c>application/x-www-form-urlencoded</c> into the values of the expression language.</summary>
internal static class AnswerForm
{
    private const int MaximumFields = 10_000;

    /// <summary>Reads the fields: names and values as texts.</summary>
    /// <param name="form">Valid UTF-8 without a byte order mark.</param>
    /// <param name="body">An object with a text per field.</param>
    /// <param name="fault">What is wrong, without any of the content.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> form,
        [NotNullWhen(true)] out ExpressionValue.ObjectValue? body,
        [NotNullWhen(false)] out string? fault)
    {
        body = null;
        var members = ImmutableDictionary.CreateBuilder<string, ExpressionValue>(StringComparer.Ordinal);
        var fields = 0;
        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];
            if (field.IsEmpty)
            {
                continue;
            }

            var equals = field.IndexOf((byte)'=');
            if (equals <= 0 || ++fields > MaximumFields)
            {
                fault = fields > MaximumFields ? $"it holds more than {MaximumFields} fields" : "it is not a form";
                return false;
            }

            if (Decode(field[..equals]) is not { } name)
            {
                continue;
            }

            var value = Decode(field[(equals + 1)..]) is { } text ? ExpressionValue.Of(text) : AnswerJson.BrokenText;
            members[name] = members.TryGetValue(name, out var earlier) && !AreSame(earlier, value) ? AnswerJson.Repeated : value;
        }

        fault = fields == 0 ? "it is not a form" : null;
        body = fault is null ? new ExpressionValue.ObjectValue(members.ToImmutable()) : null;
        return body is not null;
    }

    private static bool AreSame(ExpressionValue first, ExpressionValue second) =>
        first is ExpressionValue.TextValue a && second is ExpressionValue.TextValue b && a.Text == b.Text;

    // A percent sign that begins no escape stands for itself, as browsers read it; bytes that are no UTF-8 give nothing.
    private static string? Decode(ReadOnlySpan<byte> encoded)
    {
        var bytes = new byte[encoded.Length];
        var length = 0;
        for (var index = 0; index < encoded.Length; index++)
        {
            var octet = encoded[index];
            if (octet == '%'
                && index + 2 < encoded.Length
                && char.IsAsciiHexDigit((char)encoded[index + 1])
                && char.IsAsciiHexDigit((char)encoded[index + 2]))
            {
                octet = Convert.FromHexString([(char)encoded[index + 1], (char)encoded[index + 2]])[0];
                index += 2;
            }
            else if (octet == '+')
            {
                octet = (byte)' ';
            }

            bytes[length++] = octet;
        }

        var decoded = bytes.AsSpan(0, length);
        return Utf8.IsValid(decoded) ? Encoding.UTF8.GetString(decoded) : null;
    }
}
