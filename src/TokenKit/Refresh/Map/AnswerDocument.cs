using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Language.Formats;

namespace TokenKit.Refresh.Map;

/// <summary>The body of an answer as values of the expression language, or why it could not be read.</summary>
/// <remarks>
/// Read from bytes: the charset that a header claims is ignored (JSON has none, RFC 8259 section 8.1, and half the claims
/// in the wild make the platform's own reading throw), except for XML that is not UTF-8. Any bytes give a document, in time and memory that their number
/// bounds.
/// </remarks>
internal sealed class AnswerDocument
{
    private static readonly string[] FormFields = ["access_token", "refresh_token", "error"];

    // Made into a text when that is asked for: few definitions read it.
    private readonly ReadOnlyMemory<byte>? _whole;

    private AnswerDocument(ExpressionValue body, string? text, string? fault) => (Body, Text, Fault) = (body, text, fault);

    private AnswerDocument(ExpressionValue body, ReadOnlyMemory<byte> whole) => (Body, _whole) = (body, whole);

    /// <summary>The root <c>body</c>; absent where there is nothing to read, or where it could not be read.</summary>
    public ExpressionValue Body { get; }

    /// <summary>The root <c>text</c>: the whole body, where it is UTF-8.</summary>
    public string? Text => field ??= _whole is { } whole ? Encoding.UTF8.GetString(whole.Span) : null;

    /// <summary>Why the body could not be read, without any of its content; <see langword="null"/> where it could, and where it is blank.</summary>
    public string? Fault { get; }

    /// <summary>What can be looked for in a JSON body that could not be read as a whole; absent where that is nothing.</summary>
    public ExpressionValue Salvage { get; private init; } = ExpressionValue.Absent;

    /// <summary>Reads a body.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="format">What the definition says; <see langword="null"/>: by content type.</param>
    /// <param name="reader">The application's own reader.</param>
    /// <param name="ofAnyShape">
    /// Whether it may be a list, a single value or plain text without the definition saying so: where it names a selector of
    /// its own. An answer of the standard is an object, and anything else is rather a proxy's than the server's.
    /// </param>
    public static AnswerDocument Read(TokenAnswer answer, ResponseFormat? format, ITokenAnswerReader? reader = null, bool ofAnyShape = false)
    {
        if (format is null && reader is not null && reader.CanRead(MediaTypeOf(answer)))
        {
            return AnswerTree.Read(answer, reader, WholeText(answer));
        }

        if ((format is ResponseFormat.Xml || (format is null && IsXml(MediaTypeOf(answer))))
            && XmlEncoding.TryRead(answer.Body.Span, ContentTypeOf(answer), out var xml))
        {
            answer = new TokenAnswer(answer.StatusCode, answer.Headers, Encoding.UTF8.GetBytes(xml)) { EarlierSteps = answer.EarlierSteps };
        }

        var bytes = answer.Body.Span;
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
        {
            bytes = bytes[3..];
        }

        if (!Utf8.IsValid(bytes))
        {
            var mayBeJson = format is ResponseFormat.Json || (format is null && bytes.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]);
            return Unreadable("it is not UTF-8", mayBeJson ? AnswerSalvage.Of(answer.Body) : ExpressionValue.Absent);
        }

        var whole = answer.Body[^bytes.Length..];
        bytes = bytes.Trim(" \t\r\n"u8);
        if (bytes.IsEmpty)
        {
            return new AnswerDocument(ExpressionValue.Absent, whole);
        }

        if (format == ResponseFormat.Text)
        {
            return new AnswerDocument(ExpressionValue.Of(AsText()), whole);
        }

        ExpressionValue.ObjectValue? body;
        string? fault;
        switch (format ?? Recognise(answer, bytes))
        {
            case ResponseFormat.Json when (ofAnyShape || format is ResponseFormat.Json) && bytes[0] != '{':
                return AnswerJson.TryReadValue(bytes, out var value, out fault)
                    ? new AnswerDocument(value, whole)
                    : new AnswerDocument(ExpressionValue.Absent, AsText(), fault);
            case ResponseFormat.Json:
                return AnswerJson.TryRead(bytes, out body, out fault)
                    ? new AnswerDocument(body, whole)
                    : new AnswerDocument(ExpressionValue.Absent, AsText(), fault) { Salvage = AnswerSalvage.Of(answer.Body) };
            case ResponseFormat.Form:
                _ = AnswerForm.TryRead(bytes, out body, out fault);
                break;
            case ResponseFormat.Xml:
                return AnswerTree.Read(answer, XmlAnswerReader.Instance, AsText());
            case null when ofAnyShape && MediaTypeOf(answer) is "" or "text/plain":
                // Labelled as text it is one, unless it cannot be anything but JSON.
                return new AnswerDocument(
                    bytes[0] is (byte)'[' or (byte)'"' && AnswerJson.TryReadValue(bytes, out var read, out _) ? read : ExpressionValue.Of(AsText()),
                    whole);
            default:
                (body, fault) = (null, "it is neither JSON nor a form");
                break;
        }

        return new AnswerDocument(body ?? ExpressionValue.Absent, AsText(), fault);

        string AsText() => Encoding.UTF8.GetString(whole.Span);
    }

    /// <summary>A document that was read in another way.</summary>
    public static AnswerDocument Of(ExpressionValue body, string? text, string? fault) => new(body, text, fault);

    private static string? WholeText(TokenAnswer answer) =>
        Utf8.IsValid(answer.Body.Span) ? Encoding.UTF8.GetString(answer.Body.Span) : null;

    private static AnswerDocument Unreadable(string fault, ExpressionValue salvage) =>
        new(ExpressionValue.Absent, null, fault) { Salvage = salvage };

    /// <summary>
    /// By content type, and by content where that contradicts or says nothing: gateways relabel JSON as HTML or text, and
    /// old servers send forms as plain text.
    /// </summary>
    private static ResponseFormat? Recognise(TokenAnswer answer, ReadOnlySpan<byte> body)
    {
        var type = MediaTypeOf(answer);
        if (body[0] == '{')
        {
            return ResponseFormat.Json;
        }

        return type switch
        {
            "application/x-www-form-urlencoded" => ResponseFormat.Form,
            "" or "text/plain" when HoldsFormField(body) => ResponseFormat.Form,
            _ when IsXml(type) => ResponseFormat.Xml,
            "application/json" or "text/json" => ResponseFormat.Json,
            _ when type.EndsWith("+json", StringComparison.Ordinal) => ResponseFormat.Json,
            _ => null,
        };
    }

    private static bool IsXml(string type) =>
        type is "application/xml" or "text/xml" || (type.EndsWith("+xml", StringComparison.Ordinal) && type != "application/xhtml+xml");

    // Only by a field that a token answer has: a token that is the whole text may end in '=' and is not a form.
    private static bool HoldsFormField(ReadOnlySpan<byte> body)
    {
        foreach (var range in body.Split((byte)'&'))
        {
            var field = body[range];
            var equals = field.IndexOf((byte)'=');
            if (equals > 0 && FormFields.Contains(Encoding.UTF8.GetString(field[..Math.Min(equals, 32)])))
            {
                return true;
            }
        }

        return false;
    }

    private static string MediaTypeOf(TokenAnswer answer)
    {
        var type = ContentTypeOf(answer);
        return (type.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? type[..end] : type).Trim().ToLowerInvariant();
    }

    private static string ContentTypeOf(TokenAnswer answer) => answer.Headers.GetValueOrDefault("Content-Type", []) is [{ } first, ..] ? first : "";
}
