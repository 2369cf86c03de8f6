using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TokenKit.Testing;

/// <summary>Decodes <c>application/x-www-form-urlencoded</c> (RFC 6749 appendix B), strictly: a stray percent sign is a fault.</summary>
internal static class FormDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool TryDecode(string text, [NotNullWhen(true)] out string? decoded)
    {
        decoded = null;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return false;
                }

                bytes.AddRange(Convert.FromHexString(text.AsSpan(i + 1, 2)));
                i += 2;
            }
            else if (text[i] == '+')
            {
                bytes.Add((byte)' ');
            }
            else if (char.IsAscii(text[i]))
            {
                bytes.Add((byte)text[i]);
            }
            else
            {
                return false;
            }
        }

        try
        {
            decoded = StrictUtf8.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Reads a body.</summary>
    /// <remarks>The fault is <see langword="null"/> where nothing is wrong; what could be read is returned all the same.</remarks>
    public static Dictionary<string, string> Read(string body, out string? fault)
    {
        fault = null;
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in body.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var (rawName, rawValue) = equals < 0 ? (pair, "") : (pair[..equals], pair[(equals + 1)..]);
            if (!TryDecode(rawName, out var name) || !TryDecode(rawValue, out var value))
            {
                fault ??= "The body is not form-encoded UTF-8 (RFC 6749 appendix B).";
            }
            else if (!form.TryAdd(name, value) && name is not ("resource" or "audience"))
            {
                // RFC 8707 section 2 and RFC 8693 section 2.1 allow these two to come more than once.
                fault ??= $"The parameter '{name}' came twice (RFC 6749 section 3.2).";
            }
        }

        return form;
    }
}
