using System.Collections.Immutable;
using System.Text;

namespace TokenKit.Http;

/// <summary>Puts the token's query values on a URL and takes them off again.</summary>
internal static class PlacedQuery
{
    /// <summary>Appends the values, percent-encoded, in place of any that stand there under the same names.</summary>
    public static Uri Append(Uri address, ImmutableArray<KeyValuePair<string, string>> values)
    {
        if (values.IsEmpty)
        {
            return address;
        }

        var query = new StringBuilder(QueryWithout(address, [.. values.Select(value => value.Key)]));
        foreach (var value in values)
        {
            if (query.Length > 0)
            {
                query.Append('&');
            }

            query.Append(Uri.EscapeDataString(value.Key)).Append('=').Append(Uri.EscapeDataString(value.Value));
        }

        return WithQuery(address, query.ToString());
    }

    /// <summary>Takes the values of these names off: a server that echoes the URL into a redirect must not pass the token on.</summary>
    public static Uri Remove(Uri address, ImmutableArray<string> names)
    {
        if (names.IsEmpty || address.Query.Length <= 1)
        {
            return address;
        }

        var query = QueryWithout(address, names);
        return query.Length == address.Query.Length - 1 ? address : WithQuery(address, query);
    }

    private static string QueryWithout(Uri address, ImmutableArray<string> names)
    {
        var query = address.Query;
        return query.Length <= 1
            ? ""
            : string.Join('&', query[1..].Split('&').Where(pair => !names.Contains(NameOf(pair), StringComparer.OrdinalIgnoreCase)));
    }

    private static string NameOf(string pair)
    {
        var end = pair.IndexOf('=', StringComparison.Ordinal);
        return Uri.UnescapeDataString((end < 0 ? pair : pair[..end]).Replace('+', ' '));
    }

    private static Uri WithQuery(Uri address, string query) =>
        new(address.GetLeftPart(UriPartial.Path) + (query.Length == 0 ? "" : "?" + query) + address.Fragment);
}
