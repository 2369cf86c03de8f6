using System.Buffers.Text;
using System.Security;
using System.Text;

namespace TokenKit.Language.Expressions.Functions;

/// <summary>Functions that encode a text for another place. Texts become bytes in UTF-8.</summary>
internal static class EncodingFunctions
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static ExpressionFunction[] All { get; } =
    [
        ExpressionFunction.TextToText("base64", static text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text))),
        ExpressionFunction.TextToText("base64url", static text => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))),
        ExpressionFunction.OfText("base64decode", DecodeBase64),
        ExpressionFunction.TextToText("urlencode", Uri.EscapeDataString),
        ExpressionFunction.TextToText("xml", EscapeXml),
        ExpressionFunction.TextToText("raw", static text => text),
    ];

    // Both alphabets, with padding or without: senders differ.
    private static Evaluation DecodeBase64(string text)
    {
        const string Name = "base64decode";
        var url = text.Trim().TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var bytes = new byte[Base64Url.GetMaxDecodedLength(url.Length)];
        try
        {
            return Base64Url.TryDecodeFromChars(url, bytes, out var written)
                ? new(ExpressionValue.Of(Strict.GetString(bytes, 0, written)), Name)
                : Evaluation.Unusable(Name, "was given a text that is not base64");
        }
        catch (FormatException)
        {
            return Evaluation.Unusable(Name, "was given a text that is not base64");
        }
        catch (DecoderFallbackException)
        {
            return Evaluation.Unusable(Name, "gives bytes that are not a text in UTF-8");
        }
    }

    // Characters that XML 1.0 section 2.2 cannot hold at all are left out: no escape exists for them.
    private static string EscapeXml(string text) =>
        SecurityElement.Escape(string.Concat(text.Where(static c => c is '\t' or '\n' or '\r' || (c >= ' ' && c is not ('\uFFFE' or '\uFFFF')))))!;
}
