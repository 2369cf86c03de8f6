using Microsoft.Extensions.Logging;

namespace TokenKit;

/// <summary>What the endpoints, the page and the inbound check log. Ids 2000 to 2999; they never change meaning.</summary>
internal static partial class WebLog
{
    [LoggerMessage(2000, LogLevel.Error, "Requests that carry the token {TokenKey} are refused with 503: the store cannot be read. It is tried again with the next request, at most once a second", EventName = "InboundStoreUnavailable")]
    public static partial void InboundStoreUnavailable(this ILogger logger, TokenKey tokenKey, Exception exception);
}
