using Microsoft.AspNetCore.Http;
using TokenKit.Values;

namespace TokenKit;

/// <summary>Whose token a request names, wherever an endpoint may take it from: the path, the query, or the form of the page's button.</summary>
internal static class RequestedSubject
{
    /// <summary>A subject in the request that is too long, where there is one.</summary>
    public static async ValueTask<string?> TooLongInAsync(HttpContext context)
    {
        var request = context.Request;
        string?[] named =
        [
            request.RouteValues["subject"]?.ToString(),
            request.Query["subject"].ToString(),
            HttpMethods.IsPost(request.Method) && request.HasFormContentType
                ? (await request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false))["subject"].ToString()
                : null,
        ];
        return Array.Find(named, SubjectLength.IsTooLong);
    }
}
