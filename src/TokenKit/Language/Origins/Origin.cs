using System.Globalization;
using TokenKit.Language.Templates;

namespace TokenKit.Language.Origins;

/// <summary>Origins of URLs: scheme, host and port (RFC 6454 section 4).</summary>
internal static class Origin
{
    /// <summary>The pattern that fits one URL's origin and no other.</summary>
    public static OriginPattern PatternOf(Uri uri) => new(uri.Scheme, HostOf(uri), uri.Port);

    /// <summary>
    /// The pattern for an address that is yet to be resolved, such as <c>https+http://crm</c>: https, and its port where it names one
    /// that is not its scheme's own.
    /// </summary>
    public static OriginPattern PatternOfLogical(Uri uri) => new(Uri.UriSchemeHttps, HostOf(uri), uri.IsDefaultPort ? 443 : uri.Port);

    /// <summary>The host in lower case and IDNA form, as it is written where it has none; an IPv6 address without its brackets.</summary>
    public static string HostOf(Uri uri) => IdnaHostOf(uri) ?? uri.Host.ToLowerInvariant();

    /// <summary>
    /// The host in lower case and IDNA form, or <see langword="null"/>: the platform takes a host such as <c>xn--é</c> apart only
    /// when its IDNA form is asked for (RFC 5891 section 5).
    /// </summary>
    public static string? IdnaHostOf(Uri uri)
    {
        try
        {
            return uri.IdnHost.ToLowerInvariant();
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    public static bool AreSame(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Port == other.Port && HostOf(one) == HostOf(other);

    public static bool IsLoopback(Uri uri) => UrlSyntax.IsLoopback(HostOf(uri));

    /// <summary>For messages: no path, no query, no user.</summary>
    public static string TextOf(Uri uri) =>
        uri.IsAbsoluteUri ? TextOf(uri.Scheme, HostOf(uri), uri.Port) : "a relative address";

    public static string TextOf(string scheme, string host, int port)
    {
        var written = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return (scheme == Uri.UriSchemeHttps && port == 443) || (scheme == Uri.UriSchemeHttp && port == 80)
            ? $"{scheme}://{written}"
            : string.Create(CultureInfo.InvariantCulture, $"{scheme}://{written}:{port}");
    }
}
