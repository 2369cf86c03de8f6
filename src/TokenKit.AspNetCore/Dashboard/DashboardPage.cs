using System.Security.Cryptography;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace TokenKit;

/// <summary>The whole page: one answer, nothing else to load.</summary>
internal sealed class DashboardPage(DashboardView view, string? said) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var headers = httpContext.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers[HeaderNames.CacheControl] = "no-store";

        // Searches hold subjects, and subjects are nobody else's business.
        headers["Referrer-Policy"] = "no-referrer";
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        var form = httpContext.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(httpContext);
        var text = Write(httpContext, nonce, form);
        await httpContext.Response.WriteAsync(text, httpContext.RequestAborted).ConfigureAwait(false);
    }

    private string Write(HttpContext context, string nonce, AntiforgeryTokenSet form)
    {
        var path = PathOf(context);
        var html = new Html();
        html.Add($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tokens</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\"><style nonce=\"{nonce}\">");
        html.AddTrusted(DashboardAssets.Style);
        html.Add($"</style></head><body><a class=\"skip\" href=\"#tokens\">To the tokens</a><div class=\"wrap\" data-now=\"{view.Now.ToUnixTimeMilliseconds()}\" data-events=\"{path}/events{view.Query.ToString()}\">");
        html.Add($"<header class=\"top\"><h1>Tokens</h1><p class=\"live\" role=\"status\">As of ");
        html.Add($"<time datetime=\"{view.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null)}\">{view.Now.UtcDateTime.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC</time></p></header>");
        html.Add($"<main><form class=\"find\" role=\"search\" method=\"get\" action=\"{path}\"><label><span class=\"unseen\">Search by name or subject</span><input type=\"search\" name=\"search\" value=\"{view.Query.Search}\" placeholder=\"Search by name or subject\" maxlength=\"200\" autocomplete=\"off\"></label>");
        html.Add($"<label class=\"check\"><input type=\"checkbox\" name=\"show\" value=\"attention\"");
        if (view.Query.OnlyAttention)
        {
            html.Add($" checked");
        }

        html.Add($">Only what needs attention</label><button type=\"submit\">Search</button></form><p class=\"said\" role=\"status\" aria-live=\"polite\">{said}</p>");
        html.Add($"{TokenListOf(context, view, form)}</main><footer>No token reaches this page. Times are those of the program's clock.</footer></div><script nonce=\"{nonce}\" type=\"module\">");
        html.AddTrusted(DashboardAssets.Script);
        html.Add($"</script></body></html>\n");
        return html.ToString();
    }

    /// <summary>What changes: counts, tokens, pages. The event stream sends the same.</summary>
    public static Html TokenListOf(HttpContext context, DashboardView view, AntiforgeryTokenSet form)
    {
        var path = PathOf(context);
        var html = new Html();
        html.Add($"<section id=\"tokens\" aria-label=\"Tokens\" tabindex=\"-1\"><ul class=\"counts\" aria-label=\"How many\">");
        foreach (var (status, count) in view.Counts)
        {
            html.Add($"<li class=\"{Wording.ClassOf(status)}\"><span class=\"sign\" aria-hidden=\"true\">{Wording.SignOf(status)}</span>{count} {Lower(Wording.Of(status))}</li>");
        }

        html.Add($"</ul>");
        if (view.Tokens.Count == 0)
        {
            html.Add($"<p class=\"none\">{(view.Counts.Count == 0 ? "There are no tokens that you may see." : view.Query.OnlyAttention ? "Nothing needs attention." : "Nothing found.")}</p>");
        }
        else
        {
            var card = new TokenCard(view.Now, path + "/refresh" + view.Query, form.FormFieldName, form.RequestToken);
            html.Add($"<ul>");
            foreach (var (state, mayRefresh) in view.Tokens)
            {
                card.Write(html, state, mayRefresh);
            }

            html.Add($"</ul>");
        }

        WritePages(html, view, path);
        html.Add($"</section>");
        return html;
    }

    /// <summary>Where the page is, whatever group or path base it was mapped in.</summary>
    public static string PathOf(HttpContext context)
    {
        var path = (context.Request.PathBase + context.Request.Path).ToString().TrimEnd('/');
        foreach (var child in (ReadOnlySpan<string>)["/events", "/refresh"])
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<DashboardChild>()?.Path == child)
            {
                return path[..^child.Length];
            }
        }

        return path;
    }

    private static void WritePages(Html html, DashboardView view, string path)
    {
        if (view.Pages == 1)
        {
            return;
        }

        html.Add($"<nav class=\"pages\" aria-label=\"Pages\">");
        if (view.Query.Page > 1)
        {
            html.Add($"<a rel=\"prev\" href=\"{path}{view.Query.Link(view.Query.Page - 1)}\">Previous</a>");
        }

        html.Add($"<span aria-current=\"page\">Page {view.Query.Page} of {view.Pages}</span>");
        if (view.Query.Page < view.Pages)
        {
            html.Add($"<a rel=\"next\" href=\"{path}{view.Query.Link(view.Query.Page + 1)}\">Next</a>");
        }

        html.Add($"</nav>");
    }

    private static string Lower(string words) => char.ToLowerInvariant(words[0]) + words[1..];
}

/// <summary>Marks an endpoint below the page's own path.</summary>
internal sealed record DashboardChild(string Path);
