using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;

namespace TokenKit.Testing;

/// <summary>The ways in which a secret is commonly written.</summary>
internal static class SecretForms
{
    /// <summary>Every distinct writing with the name of its form. Compared without case, so hex and percent digits come once.</summary>
    public static IReadOnlyList<(string Form, string Text)> Of(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var forms = new List<(string Form, string Text)>
        {
            ("plain", secret),
            ("form-encoded", WebUtility.UrlEncode(secret)),
            ("percent-encoded", Uri.EscapeDataString(secret)),
            ("JSON", JsonEncodedText.Encode(secret).ToString()),
            ("HTML", WebUtility.HtmlEncode(secret)),
            ("hex", Convert.ToHexStringLower(bytes)),

            // Files are read byte by byte: what is UTF-8 there looks like this.
            ("plain", Encoding.Latin1.GetString(bytes)),
        };
        for (var lead = 0; lead < 3; lead++)
        {
            var core = Base64Core(bytes, lead);
            forms.Add(("base64", core));
            forms.Add(("base64url", core.Replace('+', '-').Replace('/', '_')));
        }

        return [.. forms.DistinctBy(static form => form.Text, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>
    /// The base64 characters that depend on nothing but the secret when it stands behind <paramref name="lead"/> other bytes,
    /// as in <c>id:secret</c>: what a neighbour's bits flow into is cut off.
    /// </summary>
    private static string Base64Core(byte[] bytes, int lead)
    {
        var text = Convert.ToBase64String([.. new byte[lead], .. bytes]);
        var first = (lead * 8 + 5) / 6;
        var end = (lead + bytes.Length) * 8 / 6;
        return text[first..end];
    }
}
