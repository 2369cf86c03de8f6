using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;

namespace TokenKit.Http;

/// <summary>
/// Makes a message of our own after a caller's: for a redirect hop, and wherever the token goes into the URL. The caller's
/// message stays as it is, so that an outer retry which sends it again begins afresh, with no old token in it.
/// </summary>
internal static class MessageCopy
{
    private static readonly System.Buffers.SearchValues<char> LineBreaks = System.Buffers.SearchValues.Create("\r\n\0");

    public static HttpRequestMessage Of(HttpRequestMessage original, Uri address, HttpMethod method, HttpContent? content)
    {
        var copy = new HttpRequestMessage(method, address)
        {
            Content = content,
            Version = original.Version,
            VersionPolicy = original.VersionPolicy,
        };
        Headers(original.Headers, copy.Headers);
        var options = (ICollection<KeyValuePair<string, object?>>)copy.Options;
        foreach (var option in original.Options)
        {
            options.Add(option);
        }

        return copy;
    }

    [SuppressMessage(
        "ApiDesign",
        "RS0030:Do not use banned APIs",
        Justification = "The caller's own headers, some of which only went in unparsed. A value with a line break is left behind, and the token never passes here.")]
    public static void Headers(HttpHeaders from, HttpHeaders to)
    {
        foreach (var header in from.NonValidated)
        {
            foreach (var value in header.Value)
            {
                if (!value.AsSpan().ContainsAny(LineBreaks))
                {
                    to.TryAddWithoutValidation(header.Key, value);
                }
            }
        }
    }
}
