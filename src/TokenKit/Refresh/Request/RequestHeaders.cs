using System.Net.Http.Headers;
using TokenKit.Definitions.Compilation;
using TokenKit.Placement;

namespace TokenKit.Refresh.Request;

/// <summary>Puts header values on a message, each checked before it can reach the wire.</summary>
internal static class RequestHeaders
{
    /// <summary>Adds a header; <see langword="false"/> when name or value cannot stand in a header.</summary>
    public static bool TryAdd(HttpRequestMessage message, string name, string value)
    {
        if (IsAuthorization(name))
        {
            return TrySetAuthorization(message, value);
        }

        if (HttpNames.IsContentHeader(name))
        {
            message.Content ??= new RequestBody([]);
            return HeaderText.TrySet(message.Content.Headers, name, value);
        }

        return HeaderText.TryAdd(message.Headers, name, value);
    }

    public static bool IsAuthorization(string name) => string.Equals(name, "Authorization", StringComparison.OrdinalIgnoreCase);

    private static bool TrySetAuthorization(HttpRequestMessage message, string value)
    {
        if (message.Headers.Authorization is not null || (value.Length > 0 && !HeaderText.IsSafe(value)))
        {
            return false;
        }

        message.Headers.Authorization = AuthorizationOf(value);
        return true;
    }

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
