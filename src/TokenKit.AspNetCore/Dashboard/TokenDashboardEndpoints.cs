using Microsoft.AspNetCore.Http;

namespace TokenKit;

/// <summary>The page, its events, and its button.</summary>
internal sealed class TokenDashboardEndpoints(TokenEndpointParts parts, int startedRefreshesPerMinute)
{
    // Each takes a second parameter: with the context alone it would be taken for a RequestDelegate, and its result for nothing.
    public async Task<IResult> PageAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var view = await DashboardView.ReadAsync(parts, context, DashboardQuery.Of(context.Request), cancellationToken).ConfigureAwait(false);
        return new DashboardPage(view, DashboardSaying.For(context.Request.Query["said"]));
    }

    public IResult Events(HttpContext context) => new DashboardEvents(parts, DashboardQuery.Of(context.Request));

    public async Task<IResult> RefreshAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // The filter of the group has refused every form without a valid antiforgery token, and only forms come here.
        if (!context.Request.HasFormContentType)
        {
            return Problems.FromAnotherSite();
        }

        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var code = await RefreshAsync(context, new TokenKey(form["name"].ToString(), form["subject"].ToString())).ConfigureAwait(false);
        if (context.Request.Headers.Accept == "application/json")
        {
            return TypedResults.Json(new DashboardReply(DashboardSaying.For(code) ?? ""), DashboardJsonContext.Default.DashboardReply);
        }

        // Back to the page by GET, so that reloading does not press the button again (RFC 9110 section 15.4.4).
        var query = DashboardQuery.Of(context.Request).ToString();
        context.Response.Headers.Location = $"{DashboardPage.PathOf(context)}{query}{(query.Length > 0 ? "&" : "?")}said={code}";
        return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
    }

    private async ValueTask<string> RefreshAsync(HttpContext context, TokenKey key)
    {
        switch (await parts.Access.OfAsync(context, key, TokenOperation.Update).ConfigureAwait(false))
        {
            case Access.Locked:
                return DashboardSaying.Locked;
            case Access.Refused:
                return DashboardSaying.Refused;
        }

        switch (await parts.Refreshes.WishAsync(key, startedRefreshesPerMinute, context.RequestAborted).ConfigureAwait(false))
        {
            case RefreshWish.TooMany:
                return DashboardSaying.TooMany;
            case RefreshWish.UnderWay { Result: var flight }:
                return (await flight.ConfigureAwait(false)).Outcome switch
                {
                    RefreshOutcome.Refreshed => DashboardSaying.Refreshed,
                    RefreshOutcome.Adopted => DashboardSaying.Adopted,
                    _ => DashboardSaying.Failed,
                };
            default:
                return DashboardSaying.Recent;
        }
    }
}
