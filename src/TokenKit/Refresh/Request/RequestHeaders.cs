using System.Net.Http.Headers;

namespace TokenKit.Refresh.Request;

/// <summary>Puts header values on a message, each checked before it can reach the wire.</summary>
internal static class RequestHeaders
{
    /// <summary>Adds a header; <see langword="false"/> when name or value cannot stand in a header.</summary>
    public static bool TryAdd(HttpRequestMessage message, string name, string value)
    {
        if (!IsSafe(value) || IsFraming(name))
        {
            return false;
        }

        try
        {
            if (IsAuthorization(name))
            {
                if (message.Headers.Authorization is not null)
                {
                    return false;
                }

                message.Headers.Authorization = AuthorizationOf(value);
            }
            else if (IsContentHeader(name))
            {
                message.Content ??= new RequestBody([]);
                message.Content.Headers.Remove(name);
                message.Content.Headers.Add(name, value);
            }
            else
            {
                message.Headers.Add(name, value);
            }

            return true;
        }
        catch (Exception refusal) when (refusal is FormatException or ArgumentException or InvalidOperationException)
        {
            // The platform's parsers quote the value in these; they end here.
            return false;
        }
    }

    public static bool IsAuthorization(string name) => string.Equals(name, "Authorization", StringComparison.OrdinalIgnoreCase);

    /// <summary>Visible ASCII with blanks inside: what every server reads the same way (RFC 9110 section 5.5).</summary>
    private static bool IsSafe(string value)
    {
        foreach (var character in value)
        {
            if (character is < ' ' or > '~')
            {
                return false;
            }
        }

        return value.Length == 0 || (value[0] != ' ' && value[^1] != ' ');
    }

    // Where a message ends is the transport's to say; a value from outside would let one request be read as two.
    private static bool IsFraming(string name) =>
        string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "Transfer-Encoding", StringComparison.OrdinalIgnoreCase);

    private static bool IsContentHeader(string name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "Allow", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "Expires", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, "Last-Modified", StringComparison.OrdinalIgnoreCase);

    private static AuthenticationHeaderValue AuthorizationOf(string value) =>
        AuthenticationHeaderValue.TryParse(value, out var parsed) && parsed.ToString() == value ? parsed : new VerbatimAuthorization(value);

    /// <summary>
    /// An <c>Authorization</c> that is written as it is. Many APIs take a bare key there; the platform's parser wants
    /// its first word to be a scheme and refuses base64.
    /// </summary>
    private sealed class VerbatimAuthorization(string value) : AuthenticationHeaderValue("Verbatim", value)
    {
        public override string ToString() => Parameter!;
    }
}
