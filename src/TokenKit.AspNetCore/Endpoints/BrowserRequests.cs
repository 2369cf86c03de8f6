using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TokenKit;

/// <summary>Refuses what another site makes a signed-in person's browser send.</summary>
/// <remarks>
/// A form must carry the antiforgery token. Anything else that changes something must not come from another origin: browsers
/// say so in <c>Sec-Fetch-Site</c>, older ones in <c>Origin</c>, and neither can be set by a page. Programs send neither.
/// </remarks>
internal static class BrowserRequests
{
    public static async ValueTask<bool> AreRefusedAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        if (request.HasFormContentType)
        {
            var antiforgery = context.RequestServices.GetService<IAntiforgery>();
            return antiforgery is null || !await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false);
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
