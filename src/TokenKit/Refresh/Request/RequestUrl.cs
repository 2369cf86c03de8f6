using TokenKit.Definitions;
using TokenKit.Language.Expressions;
using TokenKit.Values;

namespace TokenKit.Refresh.Request;

/// <summary>Checks the URL that came out of a template and adds the further query to it.</summary>
internal static class RequestUrl
{
    public static StepResult<Uri> From(
        ExchangeDefinition exchange, string rendered, IReadOnlyList<KeyValuePair<string, string>> query, bool allowHttpOnLoopback)
    {
        if (WhatIsWrongWith(rendered, allowHttpOnLoopback, out var address) is { } wrong)
        {
            return ComposingFailure.Because(exchange, wrong);
        }

        return query.Count == 0 && address is not null ? address : new Uri(WithQuery(rendered, query), UriKind.Absolute);
    }

    // The URL itself may hold values and is not quoted.
    private static string? WhatIsWrongWith(string url, bool allowHttpOnLoopback, out Uri? uri)
    {
        uri = null;

        // Uri trims blanks and takes a backslash for a slash: what was checked would not be what is called.
        if (url.AsSpan().ContainsAnyInRange('\0', ' ') || url.AsSpan().ContainsAny('\\', '\u007f'))
        {
            return "the URL holds a blank, a control character or a backslash";
        }

        if (!WellFormedText.Is(url) || !Uri.TryCreate(url, UriKind.Absolute, out uri) || uri.Host.Length == 0)
        {
            return "the URL is not absolute";
        }

        if (url.Contains('#', StringComparison.Ordinal))
        {
            return "the URL has a fragment (RFC 6749 section 3.2)";
        }

        if (uri.UserInfo.Length > 0 || AuthorityOf(url).Contains('@'))
        {
            return "the URL holds user information";
        }

        if (uri.Scheme == Uri.UriSchemeHttps)
        {
            return null;
        }

        return uri.Scheme == Uri.UriSchemeHttp && allowHttpOnLoopback && uri.IsLoopback
            ? null
            : "the URL is not https (http is for loopback addresses alone, and only with DangerousAllowHttpOnLoopback)";
    }

    private static ReadOnlySpan<char> AuthorityOf(string url)
    {
        var rest = url.AsSpan(url.IndexOf(':', StringComparison.Ordinal) + 1).TrimStart('/');
        var end = rest.IndexOfAny('/', '?');
        return end < 0 ? rest : rest[..end];
    }

    private static string WithQuery(string url, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var added = string.Join('&', query.Select(static pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        return (mark < 0, url[^1] is '?' or '&') switch
        {
            (true, _) => $"{url}?{added}",
            (false, true) => url + added,
            (false, false) => $"{url}&{added}",
        };
    }
}
