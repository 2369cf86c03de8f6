using System.Diagnostics.CodeAnalysis;
using TokenKit.Language.Origins;

namespace TokenKit.Definitions.Compilation;

/// <summary>Reads origins as they are written in <c>AllowedOrigins</c>.</summary>
internal static class OriginPatternParser
{
    // Stands for the star while the platform reads the rest; a letter-digit label, so that it changes nothing about it.
    private const string StarLabel = "star0";

    /// <summary>
    /// Reads <c>https://host[:port]</c>; a longer URL counts as its origin, and the host may begin with <c>*.</c> for
    /// exactly one label.
    /// </summary>
    /// <param name="text">What was written.</param>
    /// <param name="allowHttpOnLoopback">Whether plain http is taken on a loopback host.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="fault">What is wrong, in words to follow the name of the setting.</param>
    /// <returns><see langword="true"/> when it was read.</returns>
    public static bool TryParse(
        string text,
        bool allowHttpOnLoopback,
        [NotNullWhen(true)] out OriginPattern? pattern,
        [NotNullWhen(false)] out string? fault)
    {
        (pattern, fault) = (null, null);
        var star = text.IndexOf("://*.", StringComparison.Ordinal);
        var plain = star < 0 ? text : string.Concat(text.AsSpan(0, star + 3), StarLabel, text.AsSpan(star + 4));
        if (plain.Contains('*', StringComparison.Ordinal))
        {
            fault = $"{QuotedText.OriginOf(text)} has a '*' where none may be; it stands for one whole leading label, as in https://*.my.example.com.";
        }
        else if (plain.Any(char.IsWhiteSpace)
            || !Uri.TryCreate(plain, UriKind.Absolute, out var uri)
            || uri.Host.Length == 0
            || uri.HostNameType is UriHostNameType.Unknown or UriHostNameType.Basic
            || Origin.IdnaHostOf(uri) is not { } host)
        {
            fault = $"{QuotedText.OriginOf(text)} is not an origin; write it as https://api.example.com or https://api.example.com:8443.";
        }
        else if (uri.UserInfo.Length > 0)
        {
            fault = "an origin has no user name and no password.";
        }
        else if (uri.Scheme != Uri.UriSchemeHttps && !(allowHttpOnLoopback && uri.Scheme == Uri.UriSchemeHttp && Origin.IsLoopback(uri)))
        {
            fault = $"{QuotedText.OriginOf(text)} is not https; a token never leaves over plain http.";
        }
        else if (host.EndsWith('.'))
        {
            fault = $"{QuotedText.OriginOf(text)} ends with a dot; write the host without it.";
        }
        else if (star >= 0 && (uri.HostNameType != UriHostNameType.Dns || host.Count(c => c == '.') < 2))
        {
            fault = $"{QuotedText.OriginOf(text)} would allow a whole top-level domain; at least two labels must follow the '*'.";
        }
        else
        {
            pattern = new(uri.Scheme, star < 0 ? host : string.Concat("*", host.AsSpan(StarLabel.Length)), uri.Port);
            return true;
        }

        return false;
    }
}
