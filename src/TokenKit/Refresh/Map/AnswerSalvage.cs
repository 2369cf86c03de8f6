using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Refresh.Map;

/// <summary>
/// What can still be looked for in a JSON answer that cannot be read as a whole: a new refresh token, since a server that
/// rotated has thrown the old one away.
/// </summary>
/// <remarks>
/// Nothing is kept: each step of a selector goes over the bytes once more, so that neither the number of values nor their
/// depth costs memory. What stands elsewhere may be no UTF-8, and what follows may be no JSON. What is looked for is stricter
/// than in an answer that was read: the value is whole, it stands once, and no second object leaves open which one counts.
/// </remarks>
internal static class AnswerSalvage
{
    // What stands elsewhere is passed over without a stack, so its depth is the answer's affair.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The object that an answer begins with; absent where it does not end, or is not all that could be meant.</summary>
    /// <param name="body">The answer.</param>
    public static ExpressionValue Of(ReadOnlyMemory<byte> body)
    {
        var start = body.Span is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        start += body.Length - start - body.Span[start..].TrimStart(" \t\r\n"u8).Length;
        if (start == body.Length || body.Span[start] != '{')
        {
            return ExpressionValue.Absent;
        }

        try
        {
            var reader = new Utf8JsonReader(body.Span[start..], AnyDepth);
            reader.Read();
            reader.Skip();
            var end = start + (int)reader.BytesConsumed;
            return HoldsPartOfAnObject(body.Span[end..]) ? ExpressionValue.Absent : Within(body[start..end]);
        }
        catch (JsonException)
        {
            return ExpressionValue.Absent;
        }
    }

    // A second object, or the rest of one, as a buffer that was used before leaves behind. A script or a style sheet is neither.
    private static bool HoldsPartOfAnObject(ReadOnlySpan<byte> rest)
    {
        while (rest.IndexOfAny((byte)'{', (byte)'"') is >= 0 and var found)
        {
            var isBrace = rest[found] == '{';
            rest = rest[(found + 1)..];
            var next = rest.TrimStart(" \t\r\n"u8);
            if (isBrace ? next is [(byte)'"' or (byte)'}', ..] or [] : next is [(byte)':', ..])
            {
                return true;
            }
        }

        return false;
    }

    private static ExpressionValue.UnreadPart Within(ReadOnlyMemory<byte> json) =>
        new(name => Member(json, name), index => Element(json, index));

    private static ExpressionValue Member(ReadOnlyMemory<byte> json, string name)
    {
        var reader = Enter(json.Span);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return ExpressionValue.Absent;
        }

        ExpressionValue? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = IsText(ref reader) && reader.ValueTextEquals(name);
            reader.Read();
            if (isWanted)
            {
                found = found is null ? ValueAt(ref reader, json) : AnswerJson.Repeated;
            }

            reader.Skip();
        }

        return found ?? ExpressionValue.Absent;
    }

    private static ExpressionValue Element(ReadOnlyMemory<byte> json, int index)
    {
        var reader = Enter(json.Span);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return ExpressionValue.Absent;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (index-- == 0)
            {
                return ValueAt(ref reader, json);
            }

            reader.Skip();
        }

        return ExpressionValue.Absent;
    }

    private static Utf8JsonReader Enter(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, AnyDepth);
        reader.Read();
        return reader;
    }

    private static ExpressionValue ValueAt(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                var end = reader;
                end.Skip();
                var part = json[(int)reader.TokenStartIndex..(int)end.BytesConsumed];
                return IsEmpty(part.Span) ? ExpressionValue.ObjectValue.Empty : Within(part);
            case JsonTokenType.String:
                return IsText(ref reader) ? ExpressionValue.Of(reader.GetString()) : AnswerJson.BrokenText;
            case JsonTokenType.Number:
                return new ExpressionValue.NumberValue(Encoding.ASCII.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return ExpressionValue.True;
            case JsonTokenType.False:
                return ExpressionValue.False;
            default:
                return ExpressionValue.Null;
        }
    }

    // An empty list has no more in it than an empty object.
    private static bool IsEmpty(ReadOnlySpan<byte> part) => part[1..^1].TrimStart(" \t\r\n"u8).IsEmpty;

    private static bool IsText(ref Utf8JsonReader reader) =>
        Utf8.IsValid(reader.ValueSpan) && !(reader.ValueIsEscaped && AnswerJson.HoldsHalfPair(reader.ValueSpan));
}
