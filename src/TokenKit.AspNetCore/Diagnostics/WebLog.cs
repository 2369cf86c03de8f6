using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>What the endpoints, the page and the inbound check log. Ids 2000 to 2999; they never change meaning.</summary>
internal static partial class WebLog
{
    [LoggerMessage(2000, LogLevel.Error, "Requests that carry the token {TokenKey} are refused with 503: the store cannot be read. It is tried again with the next request, at most once a second", EventName = "InboundStoreUnavailable")]
    public static partial void InboundStoreUnavailable(this ILogger logger, TokenKey tokenKey, Exception exception);

    [LoggerMessage(2100, LogLevel.Information, "A person consented for {TokenKey}; the refresh token is stored", EventName = "ConsentGiven")]
    public static partial void ConsentGiven(this ILogger logger, TokenKey tokenKey);

    [LoggerMessage(2101, LogLevel.Warning, "The server sent a person back without consent for {TokenKey}; nothing was changed", EventName = "ConsentDeclined")]
    public static partial void ConsentDeclined(this ILogger logger, TokenKey tokenKey);

    [LoggerMessage(2102, LogLevel.Error, "A person consented for {TokenKey} and no refresh token was stored ({Reason}): {Message} The person has to begin again", EventName = "ConsentFailed")]
    public static partial void ConsentFailed(this ILogger logger, TokenKey tokenKey, RefreshFailureReason reason, string message);
}
