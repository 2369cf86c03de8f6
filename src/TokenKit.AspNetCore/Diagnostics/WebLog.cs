using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>What the endpoints, the page and the inbound check log.</summary>
internal static partial class WebLog
{
    [LoggerMessage(WebEventIds.InboundStoreUnavailable, LogLevel.Error,
        "The store cannot be read, so requests that carry token '{Token}' are refused with 503. The next request reads it again, at most once a second.",
        EventName = nameof(WebEventIds.InboundStoreUnavailable))]
    public static partial void InboundStoreUnavailable(this ILogger logger, TokenKey token, Exception exception);

    [LoggerMessage(WebEventIds.ConsentGiven, LogLevel.Information,
        "A person consented for '{Token}'. The refresh token is stored.",
        EventName = nameof(WebEventIds.ConsentGiven))]
    public static partial void ConsentGiven(this ILogger logger, TokenKey token);

    [LoggerMessage(WebEventIds.ConsentDeclined, LogLevel.Warning,
        "A person came back from the server without consent for '{Token}'. Nothing was changed.",
        EventName = nameof(WebEventIds.ConsentDeclined))]
    public static partial void ConsentDeclined(this ILogger logger, TokenKey token);

    [LoggerMessage(WebEventIds.ConsentFailed, LogLevel.Error,
        "A person consented for '{Token}', but no refresh token was stored ({Reason}). {Message} The person must begin again.",
        EventName = nameof(WebEventIds.ConsentFailed))]
    public static partial void ConsentFailed(this ILogger logger, TokenKey token, RefreshFailureReason reason, string message);
}
