using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using TokenKit.Language.Expressions;

namespace TokenKit.Language.Formats;

/// <summary>Reads a JSON object into the values of the expression language.</summary>
/// <remarks>
/// An own tree, not <see cref="JsonDocument"/>: that accepts repeated members without a word, and throws
/// <see cref="InvalidOperationException"/> long after parsing when a text with half a surrogate pair is read. Here the bad
/// member is marked and does no harm unless somebody selects it.
/// </remarks>
internal static class AnswerJson
{
    // Bounds the memory of a hostile megabyte: a token answer has a dozen values.
    private const int MaximumValues = 50_000;

    private const int MaximumDepth = 64;

    /// <summary>A member that stands twice with different values (RFC 6749 section 3.2, erratum 5708).</summary>
    public static ExpressionValue.UnreadableValue Repeated { get; } = new("it stands twice with different values");

    /// <summary>A text with half a surrogate pair, which no encoding can carry.</summary>
    public static ExpressionValue.UnreadableValue BrokenText { get; } = new("its text holds half a surrogate pair");

    /// <summary>Reads one JSON value of any kind, for a definition that says the answer is JSON.</summary>
    /// <param name="json">Valid UTF-8 without a byte order mark.</param>
    /// <param name="value">The value.</param>
    /// <param name="fault">What is wrong, without any of the content.</param>
    public static bool TryReadValue(
        ReadOnlySpan<byte> json,
        [NotNullWhen(true)] out ExpressionValue? value,
        [NotNullWhen(false)] out string? fault)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        var left = MaximumValues;
        value = null;
        fault = null;
        try
        {
            reader.Read();
            value = ReadValue(ref reader, ref left);
            reader.Read();
        }
        catch (JsonException)
        {
            fault = "it is not valid JSON";
        }

        fault ??= left < 0 ? $"it holds more than {MaximumValues} values" : null;
        value = fault is null ? value : null;
        return value is not null;
    }

    /// <summary>Reads one JSON object.</summary>
    /// <param name="json">Valid UTF-8 without a byte order mark.</param>
    /// <param name="body">The object.</param>
    /// <param name="fault">What is wrong, without any of the content.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> json,
        [NotNullWhen(true)] out ExpressionValue.ObjectValue? body,
        [NotNullWhen(false)] out string? fault)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        var left = MaximumValues;
        body = null;
        fault = null;
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                fault = "it is JSON, but not an object";
                return false;
            }

            body = ReadObject(ref reader, ref left);

            // Reading on is what finds garbage after the object.
            reader.Read();
        }
        catch (JsonException)
        {
            // Its message may quote the text; ours does not.
            fault = "it is not valid JSON";
        }

        if (fault is null && left < 0)
        {
            fault = $"it holds more than {MaximumValues} values";
        }

        body = fault is null ? body : null;
        return body is not null;
    }

    private static ExpressionValue.ObjectValue ReadObject(ref Utf8JsonReader reader, ref int left)
    {
        var members = ImmutableDictionary.CreateBuilder<string, ExpressionValue>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = TextOf(ref reader);
            reader.Read();
            var value = ReadValue(ref reader, ref left);
            if (name is null || left < 0)
            {
                // Nothing can select a name that is no text. Past the limit the rest is only checked for being JSON.
                continue;
            }

            members[name] = members.TryGetValue(name, out var earlier) && !AreSame(earlier, value) ? Repeated : value;
        }

        return new ExpressionValue.ObjectValue(members.ToImmutable());
    }

    private static ExpressionValue.ListValue ReadList(ref Utf8JsonReader reader, ref int left)
    {
        var items = ImmutableArray.CreateBuilder<ExpressionValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var value = ReadValue(ref reader, ref left);
            if (left >= 0)
            {
                items.Add(value);
            }
        }

        return new ExpressionValue.ListValue(items.ToImmutable());
    }

    private static ExpressionValue ReadValue(ref Utf8JsonReader reader, ref int left)
    {
        left--;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, ref left);
            case JsonTokenType.StartArray:
                return ReadList(ref reader, ref left);
            case JsonTokenType.String:
                return TextOf(ref reader) is { } text ? ExpressionValue.Of(text) : BrokenText;
            case JsonTokenType.Number:
                return new ExpressionValue.NumberValue(System.Text.Encoding.ASCII.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return ExpressionValue.True;
            case JsonTokenType.False:
                return ExpressionValue.False;
            default:
                return ExpressionValue.Null;
        }
    }

    private static string? TextOf(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped && HoldsHalfPair(reader.ValueSpan) ? null : reader.GetString();

    /// <summary>Whether a text, as it is escaped, holds half a surrogate pair.</summary>
    /// <remarks>Looked for rather than caught: a megabyte of such texts would cost an exception each.</remarks>
    public static bool HoldsHalfPair(ReadOnlySpan<byte> escaped)
    {
        var high = false;
        for (var index = 0; index < escaped.Length; index++)
        {
            if (escaped[index] != '\\')
            {
                if (high)
                {
                    return true;
                }

                continue;
            }

            index++;
            var unit = escaped[index] == 'u' ? UnitOf(escaped.Slice(index + 1, 4)) : 0;
            index += escaped[index] == 'u' ? 4 : 0;
            if (char.IsLowSurrogate((char)unit) != high)
            {
                return true;
            }

            high = char.IsHighSurrogate((char)unit);
        }

        return high;
    }

    private static int UnitOf(ReadOnlySpan<byte> digits)
    {
        var unit = 0;
        foreach (var digit in digits)
        {
            unit = (unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return unit;
    }

    /// <summary>Whether two occurrences of a member say the same; lists and objects never count as the same.</summary>
    private static bool AreSame(ExpressionValue first, ExpressionValue second) => (first, second) switch
    {
        (ExpressionValue.TextValue a, ExpressionValue.TextValue b) => a.Text == b.Text,
        (ExpressionValue.NumberValue a, ExpressionValue.NumberValue b) => a.Raw == b.Raw,
        (ExpressionValue.BooleanValue or ExpressionValue.NullValue, _) => ReferenceEquals(first, second),
        _ => false,
    };
}
