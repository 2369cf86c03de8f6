using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;

namespace TokenKit.Http;

/// <summary>The messages about calls to APIs.</summary>
internal static partial class HttpLog
{
    /// <summary>On the path of every call: a text of the mark is made only where somebody reads it.</summary>
    public static void TokenPlaced(this ILogger logger, string clientName, AccessToken token)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            logger.TokenPlaced(clientName, token.Key, token.Generation, token.CorrelationId);
        }
    }

    [LoggerMessage(EventIds.TokenRejected, LogLevel.Information,
        "The API at {Origin} refused token '{Token}', generation {Generation}, of refresh {CorrelationId}, with status {StatusCode}.",
        EventName = nameof(EventIds.TokenRejected))]
    public static partial void TokenRejected(
        this ILogger logger, string origin, int statusCode, TokenKey token, long generation, string correlationId);

    [LoggerMessage(EventIds.RequestResent, LogLevel.Debug,
        "The request to {Origin} was sent again with token '{Token}', generation {Generation}. The API answered {StatusCode}.",
        EventName = nameof(EventIds.RequestResent))]
    public static partial void RequestResent(
        this ILogger logger, string origin, TokenKey token, long generation, int statusCode);

    [LoggerMessage(EventIds.ResendImpossible, LogLevel.Warning,
        "The request to {Origin} was not sent again with a newer token '{Token}', because its body ({ContentType}) can be read only once. The caller got the API's answer. The next call gets a newer token. Bodies up to Placement:ReplayBufferLimit are kept for a second send.",
        EventName = nameof(EventIds.ResendImpossible))]
    public static partial void ResendImpossible(this ILogger logger, string origin, TokenKey token, string contentType);

    [LoggerMessage(EventIds.ResendElsewhere, LogLevel.Warning,
        "The request to {Origin} was not sent again with a newer token '{Token}', because a handler behind the token handler had led it to an origin that is not among those of the token. The caller got the API's answer. The next call gets a newer token. If that origin may receive the token, add it to Placement:AllowedOrigins.",
        EventName = nameof(EventIds.ResendElsewhere))]
    public static partial void ResendElsewhere(this ILogger logger, string origin, TokenKey token);

    [LoggerMessage(EventIds.NoNewerToken, LogLevel.Warning,
        "The API at {Origin} refused token '{Token}', generation {Generation}, and the next forced refresh is not allowed yet (Freshness:MinimumRefreshInterval). The caller got the API's answer.",
        EventName = nameof(EventIds.NoNewerToken))]
    public static partial void NoNewerToken(this ILogger logger, TokenKey token, long generation, string origin);

    [LoggerMessage(EventIds.RenewalFailed, LogLevel.Warning,
        "The API at {Origin} refused token '{Token}', and the token could not be refreshed ({Reason}). The caller got the API's answer.",
        EventName = nameof(EventIds.RenewalFailed))]
    public static partial void RenewalFailed(this ILogger logger, TokenKey token, RefreshFailureReason reason, string origin);

    [LoggerMessage(EventIds.RedirectWithoutToken, LogLevel.Information,
        "A redirect from {Origin} to {Target} was followed without token '{Token}', which may not go there. If the target is yours, add it to Placement:AllowedOrigins.",
        EventName = nameof(EventIds.RedirectWithoutToken))]
    public static partial void RedirectWithoutToken(this ILogger logger, string origin, string target, string token);

    [LoggerMessage(EventIds.RedirectNotFollowed, LogLevel.Warning,
        "A redirect from {Origin} was not followed, because {Why}. The caller got the API's answer.",
        EventName = nameof(EventIds.RedirectNotFollowed))]
    public static partial void RedirectNotFollowed(this ILogger logger, string origin, string why);

    [LoggerMessage(EventIds.UnknownPrimaryHandler, LogLevel.Debug,
        "HTTP client '{ClientName}' has a primary handler of type {HandlerType}, for which the token handler follows no redirects. If the handler follows redirects itself, switch that off.",
        EventName = nameof(EventIds.UnknownPrimaryHandler))]
    public static partial void UnknownPrimaryHandler(this ILogger logger, string? clientName, string handlerType);

    [LoggerMessage(EventIds.CookieDropped, LogLevel.Information,
        "The API at {Origin} set a cookie. HTTP client '{ClientName}' keeps none, because calls of several identities can meet on it. If the API needs cookies and all callers may share them, set Placement:KeepCookies of token '{Token}'.",
        EventName = nameof(EventIds.CookieDropped))]
    public static partial void CookieDropped(this ILogger logger, string origin, string clientName, string token);

    [LoggerMessage(EventIds.CookiesUnknown, LogLevel.Debug,
        "HTTP client '{ClientName}' has a primary handler of type {HandlerType}, and calls of several identities can meet on it. If the handler keeps cookies, switch that off.",
        EventName = nameof(EventIds.CookiesUnknown))]
    public static partial void CookiesUnknown(this ILogger logger, string? clientName, string handlerType);

    [LoggerMessage(EventIds.RejectedReportFailed, LogLevel.Debug,
        "An API refused token '{Token}', and the refresh that followed failed ({Reason}).",
        EventName = nameof(EventIds.RejectedReportFailed))]
    public static partial void RejectedReportFailed(this ILogger logger, TokenKey token, string reason);

    [LoggerMessage(EventIds.TokenPlaced, LogLevel.Debug,
        "A request of HTTP client '{ClientName}' carries token '{Token}', generation {Generation}, of refresh {CorrelationId}.",
        EventName = nameof(EventIds.TokenPlaced), SkipEnabledCheck = true)]
    private static partial void TokenPlaced(
        this ILogger logger, string clientName, TokenKey token, long generation, string correlationId);
}
