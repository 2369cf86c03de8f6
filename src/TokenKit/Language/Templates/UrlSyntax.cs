using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TokenKit.Language.Templates;

/// <summary>
/// The checks on values that go into a URL unencoded. They know less than RFC 3986 allows on purpose: what the platform's
/// parser might read in another way than a server does is refused.
/// </summary>
internal static class UrlSyntax
{
    private const int LongestHost = 253;
    private const int LongestLabel = 63;
    private const string HttpsPrefix = "https://";
    private const string HttpPrefix = "http://";

    /// <summary>What is wrong with a value that should be a whole URL, or <see langword="null"/>.</summary>
    public static string? ProblemWithWholeUrl(string value, bool mayHoldQuery)
    {
        var isHttps = value.StartsWith(HttpsPrefix, StringComparison.OrdinalIgnoreCase);
        if (!isHttps && !value.StartsWith(HttpPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return "is not a whole URL that begins with https://";
        }

        var rest = value[(isHttps ? HttpsPrefix : HttpPrefix).Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0 && !mayHoldQuery)
        {
            return "holds a query, which only a value that is the whole URL may";
        }

        if (question >= 0 && rest.AsSpan(question + 1).ContainsAnyExcept(UrlCharacters.Query))
        {
            return "holds a query with characters that are not allowed in one";
        }

        var beforeQuery = question < 0 ? rest : rest[..question];
        return ProblemWithAuthorityAndPath(beforeQuery)
            ?? (isHttps || IsLoopback(HostOf(beforeQuery)) ? null : "begins with http://; only https:// is safe beyond this machine");
    }

    /// <summary>What is wrong with a value that should be <c>host[:port][/path]</c>, or <see langword="null"/>.</summary>
    public static string? ProblemWithAuthorityAndPath(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? value : value[..slash];
        var path = slash < 0 ? "" : value[slash..];
        if (!IsAuthority(authority))
        {
            return "is not a host with an optional port";
        }

        return path.AsSpan().ContainsAnyExcept(UrlCharacters.Path) || HasDotSegment(path)
            ? "holds a path with '.' or '..' segments or characters that are not allowed in one"
            : null;
    }

    /// <summary>What is wrong with a URL that was put together from checked parts, or <see langword="null"/>.</summary>
    public static string? ProblemWithComposed(string url)
    {
        var start = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var length = url.AsSpan(start).IndexOfAny('/', '?');
        var authority = length < 0 ? url.AsSpan(start) : url.AsSpan(start, length);
        if (!IsAuthority(authority) || !Uri.TryCreate(url, UriKind.Absolute, out _))
        {
            return "its host or port is none";
        }

        var path = length < 0 ? default : url.AsSpan(start + length);
        path = path.IndexOf('?') is >= 0 and var question ? path[..question] : path;
        return HasDotSegment(path) ? "a segment of its path is '.' or '..'" : null;
    }

    public static bool IsPort(ReadOnlySpan<char> value) =>
        value.Length is > 0 and <= 5
        && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue;

    /// <summary>Whether it is a host: labels, or an IP address in its usual form, IPv6 in brackets.</summary>
    public static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host is ['[', .., ']'])
        {
            var address = host[1..^1];
            return !address.ContainsAnyExcept(UrlCharacters.Address)
                && IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6;
        }

        return host.Length <= LongestHost && AreLabels(host);
    }

    public static bool AreLabels(ReadOnlySpan<char> labels)
    {
        foreach (var range in labels.Split('.'))
        {
            var label = labels[range];
            if (label.Length is 0 or > LongestLabel || label[0] == '-' || label[^1] == '-' || !IsLabelPiece(label))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsLabelPiece(ReadOnlySpan<char> piece) => !piece.ContainsAnyExcept(UrlCharacters.Label);

    /// <summary>Whether a path has a segment that means "here" or "above", also in its encoded forms.</summary>
    public static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.Length is > 0 and <= 6
                && segment.ToString().Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAuthority(ReadOnlySpan<char> authority)
    {
        var colon = authority.LastIndexOf(':');
        var endsWithPort = colon >= 0 && authority[^1] != ']';
        return endsWithPort
            ? IsHost(authority[..colon]) && IsPort(authority[(colon + 1)..])
            : IsHost(authority);
    }

    private static string HostOf(string authorityAndPath)
    {
        var authority = authorityAndPath.Split('/')[0];
        var colon = authority.LastIndexOf(':');
        return colon >= 0 && authority[^1] != ']' ? authority[..colon] : authority;
    }

    /// <summary>Whether a host is this machine: <c>localhost</c> or a loopback address.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
