using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;

namespace TokenKit.Placement;

/// <summary>What may stand in a header that a definition writes, and the one place that writes it as it is.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        string.Create(0x7F - 0x20, 0, static (characters, _) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = (char)(0x20 + i);
            }
        }));

    // Where a message ends is the transport's to say; a value from outside would let one request be read as two.
    private static readonly string[] Framing = ["Content-Length", "Transfer-Encoding"];

    private static readonly string[] Read = ["Connection", "Cookie", "Host"];

    /// <summary>
    /// Visible ASCII with blanks inside only: stricter than RFC 9110 section 5.5, because whatever else a token may hold, a
    /// proxy on the way may read it differently, and CR LF would begin a header of the token's own.
    /// </summary>
    public static bool IsSafe(string text) =>
        text.Length > 0 && text[0] != ' ' && text[^1] != ' ' && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Sets a header to a value as it is written; what stood under the name is replaced.</summary>
    /// <inheritdoc cref="TryAdd"/>
    public static bool TrySet(HttpHeaders headers, string name, string value)
    {
        if (headers.NonValidated.Contains(name))
        {
            headers.Remove(name);
        }

        return TryAdd(headers, name, value);
    }

    /// <summary>Adds a header with a value as it is written.</summary>
    /// <remarks>
    /// The platform reads the values of the headers it knows, refuses some that servers ask for (a <c>User-Agent</c> with a mail
    /// address in it) and writes others anew (<c>Accept: application/json;odata=verbose</c>). Those that decide where a message
    /// ends or whom it goes to it reads all the same, and a cookie.
    /// </remarks>
    /// <param name="headers">Those of the message, or of its body.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <returns><see langword="false"/> where the value is not safe, or the platform does not take the name there.</returns>
    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "Behind the check for visible ASCII.")]
    public static bool TryAdd(HttpHeaders headers, string name, string value)
    {
        if ((value.Length > 0 && !IsSafe(value)) || Framing.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        if (!Read.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            headers.Add(name, value);
            return true;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            // Its message may quote the value.
            return false;
        }
    }
}
