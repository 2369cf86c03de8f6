using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace TokenKit;

/// <summary>What of the page is asked for.</summary>
internal sealed record DashboardQuery(string Search, bool OnlyAttention, int Page)
{
    public const int PageSize = 20;

    private const int LongestSearch = 200;

    public static DashboardQuery Of(HttpRequest request)
    {
        var search = request.Query["search"].ToString().Trim();
        return new DashboardQuery(
            search.Length > LongestSearch ? search[..LongestSearch] : search,
            request.Query["show"] == "attention",
            int.TryParse(request.Query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0 ? page : 1);
    }

    /// <summary>The query of a link to another page of the same.</summary>
    public string Link(int page) => (this with { Page = page }).ToString();

    /// <summary>Whether a key is asked for by name.</summary>
    public bool Names(TokenKey key) => Search.Length == 0 || key.ToString().Contains(Search, StringComparison.OrdinalIgnoreCase);

    public override string ToString()
    {
        var query = new QueryBuilder();
        if (Search.Length > 0)
        {
            query.Add("search", Search);
        }

        if (OnlyAttention)
        {
            query.Add("show", "attention");
        }

        if (Page > 1)
        {
            query.Add("page", Page.ToString(CultureInfo.InvariantCulture));
        }

        return query.ToString();
    }
}
