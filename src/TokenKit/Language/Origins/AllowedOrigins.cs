using System.Collections.Immutable;
using TokenKit.Language.Templates;

namespace TokenKit.Language.Origins;

/// <summary>The origins that may receive a token. Compiled once, asked on every send.</summary>
/// <remarks>
/// Scheme, host and port must be equal; a host with a trailing dot is another host, and a URL with a user name is refused,
/// since it is the shape of a deception. Immutable.
/// </remarks>
internal sealed class AllowedOrigins
{
    private readonly ImmutableArray<OriginPattern> _patterns;
    private readonly string[] _prefixes;

    public AllowedOrigins(ImmutableArray<OriginPattern> patterns, bool allowHttpOnLoopback)
    {
        _patterns = [.. patterns.Where(pattern =>
            pattern.Scheme == Uri.UriSchemeHttps
            || (allowHttpOnLoopback && pattern.Scheme == Uri.UriSchemeHttp && UrlSyntax.IsLoopback(pattern.Host)))];
        _prefixes = [.. _patterns.Where(pattern => !IsWildcard(pattern)).Select(pattern => TextOf(pattern) + "/")];
    }

    public bool IsEmpty => _patterns.IsEmpty;

    public ImmutableArray<OriginPattern> Patterns => _patterns;

    public bool Permits(Uri? uri)
    {
        if (uri is null)
        {
            return false;
        }

        // The usual case. What stands before the first slash of a URL that begins so can be nothing but this origin, and
        // reading it from there spares the three parts that the platform would cut out of each new Uri (144 bytes).
        var text = uri.OriginalString;
        foreach (var prefix in _prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return uri.IsAbsoluteUri && uri.UserInfo.Length == 0 && PermitsParts(uri.Scheme, Origin.HostOf(uri), uri.Port);
    }

    /// <summary>Whether host and port of a logical address are those of an origin; its scheme says nothing.</summary>
    public bool PermitsHost(Uri logical)
    {
        if (logical.UserInfo.Length > 0)
        {
            return false;
        }

        var (host, port) = (Origin.HostOf(logical), Origin.PatternOfLogical(logical).Port);
        return _patterns.Any(pattern => pattern.Port == port && HostFits(pattern, host));
    }

    /// <summary>The origins, for messages.</summary>
    public override string ToString() => string.Join(", ", _patterns.Select(TextOf));

    private bool PermitsParts(string scheme, string host, int port)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.Port == port && pattern.Scheme == scheme && HostFits(pattern, host))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HostFits(OriginPattern pattern, string host)
    {
        if (!IsWildcard(pattern))
        {
            return host == pattern.Host;
        }

        var rest = pattern.Host.AsSpan(1);
        return host.AsSpan().EndsWith(rest, StringComparison.Ordinal)
            && host.Length > rest.Length
            && !host.AsSpan(0, host.Length - rest.Length).Contains('.');
    }

    private static bool IsWildcard(OriginPattern pattern) => pattern.Host.StartsWith("*.", StringComparison.Ordinal);

    private static string TextOf(OriginPattern pattern) => Origin.TextOf(pattern.Scheme, pattern.Host, pattern.Port);
}
