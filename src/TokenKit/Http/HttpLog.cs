using Microsoft.Extensions.Logging;

namespace TokenKit.Http;

/// <summary>The messages of the token handler: ids 1000 to 1099.</summary>
internal static partial class HttpLog
{
    private const int IdTokenRejected = 1000;
    private const int IdResent = 1001;
    private const int IdResendImpossible = 1002;
    private const int IdNoNewerToken = 1003;
    private const int IdRenewalFailed = 1004;
    private const int IdTokenPlaced = 1005;
    private const int IdRedirectWithoutToken = 1010;
    private const int IdRedirectNotFollowed = 1011;
    private const int IdUnknownPrimaryHandler = 1012;
    private const int IdCookieDropped = 1013;
    private const int IdCookiesUnknown = 1014;
    private const int IdReportFailed = 1020;

    /// <summary>On the path of every call: a text of the mark is made only where somebody reads it.</summary>
    public static void TokenPlaced(this ILogger logger, string clientName, AccessToken token)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            logger.TokenPlaced(clientName, token.Key, token.Generation, token.CorrelationId);
        }
    }

    [LoggerMessage(IdTokenRejected, LogLevel.Information,
        "{Origin} answered {StatusCode} to token {TokenKey}, generation {Generation}, of refresh {CorrelationId}: it no longer works there.",
        EventName = "TokenRejected")]
    public static partial void TokenRejected(
        this ILogger logger, string origin, int statusCode, TokenKey tokenKey, long generation, string correlationId);

    [LoggerMessage(IdResent, LogLevel.Debug,
        "The request to {Origin} was sent again with token {TokenKey}, generation {Generation}; the answer is {StatusCode}.",
        EventName = "RequestResent")]
    public static partial void RequestResent(
        this ILogger logger, string origin, TokenKey tokenKey, long generation, int statusCode);

    [LoggerMessage(IdResendImpossible, LogLevel.Warning,
        "The request to {Origin} could not be sent again with a newer token {TokenKey}, because its body ({ContentType}) can be read only once. The API's answer went to the caller; the next call gets a newer token. Placement.ReplayBufferLimit keeps small streams for this.",
        EventName = "ResendImpossible")]
    public static partial void ResendImpossible(this ILogger logger, string origin, TokenKey tokenKey, string contentType);

    [LoggerMessage(IdNoNewerToken, LogLevel.Warning,
        "No newer token {TokenKey} than generation {Generation} was to be had yet; the answer of {Origin} went to the caller.",
        EventName = "NoNewerToken")]
    public static partial void NoNewerToken(this ILogger logger, TokenKey tokenKey, long generation, string origin);

    [LoggerMessage(IdRenewalFailed, LogLevel.Warning,
        "Token {TokenKey} was rejected and could not be renewed ({Reason}); the answer of {Origin} went to the caller.",
        EventName = "RenewalFailed")]
    public static partial void RenewalFailed(this ILogger logger, TokenKey tokenKey, RefreshFailureReason reason, string origin);

    [LoggerMessage(IdRedirectWithoutToken, LogLevel.Information,
        "A redirect from {Origin} to {Target} is followed without token {TokenName}, which may not go there.",
        EventName = "RedirectWithoutToken")]
    public static partial void RedirectWithoutToken(this ILogger logger, string origin, string target, string tokenName);

    [LoggerMessage(IdRedirectNotFollowed, LogLevel.Warning,
        "A redirect from {Origin} was not followed: {Why}. The answer went to the caller.",
        EventName = "RedirectNotFollowed")]
    public static partial void RedirectNotFollowed(this ILogger logger, string origin, string why);

    [LoggerMessage(IdUnknownPrimaryHandler, LogLevel.Debug,
        "HTTP client '{ClientName}' has a primary handler of type {HandlerType}; whether it follows redirects is not known, and the token handler follows none for it.",
        EventName = "UnknownPrimaryHandler")]
    public static partial void UnknownPrimaryHandler(this ILogger logger, string? clientName, string handlerType);

    [LoggerMessage(IdCookieDropped, LogLevel.Information,
        "{Origin} set a cookie, and HTTP client '{ClientName}' keeps none, because calls of several identities can meet on it. If the API needs them, and they may be shared, set Placement.KeepCookies of token {TokenName}.",
        EventName = "CookieDropped")]
    public static partial void CookieDropped(this ILogger logger, string origin, string clientName, string tokenName);

    [LoggerMessage(IdCookiesUnknown, LogLevel.Debug,
        "HTTP client '{ClientName}' has a primary handler of type {HandlerType}; whether it keeps cookies is not known. Calls of several identities can meet on it, and it should keep none.",
        EventName = "CookiesUnknown")]
    public static partial void CookiesUnknown(this ILogger logger, string? clientName, string handlerType);

    [LoggerMessage(IdReportFailed, LogLevel.Debug,
        "Token {TokenKey} was reported as rejected; its renewal failed ({Reason}).",
        EventName = "RejectedReportFailed")]
    public static partial void RejectedReportFailed(this ILogger logger, TokenKey tokenKey, string reason);

    [LoggerMessage(IdTokenPlaced, LogLevel.Debug,
        "A request of HTTP client '{ClientName}' leaves with token {TokenKey}, generation {Generation}, of refresh {CorrelationId}.",
        EventName = "TokenPlaced", SkipEnabledCheck = true)]
    private static partial void TokenPlaced(
        this ILogger logger, string clientName, TokenKey tokenKey, long generation, string correlationId);
}
