using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;

namespace TokenKit.Scheduling;

/// <summary>The messages about refreshes without traffic.</summary>
internal static partial class SchedulerLog
{
    [LoggerMessage(EventIds.ScheduledKeyFailed, LogLevel.Error,
        "The scheduled refresh of '{Token}' could not be started. The token is refreshed when a caller asks for it. Other tokens are not affected.",
        EventName = nameof(EventIds.ScheduledKeyFailed))]
    public static partial void ScheduledKeyFailed(this ILogger logger, Exception exception, TokenKey token);

    [LoggerMessage(EventIds.StoreNotReadAtStart, LogLevel.Warning,
        "The store could not be read for '{Token}', which no caller has asked for yet. TokenKit reads it again in a minute, to see whether the token is due.",
        EventName = nameof(EventIds.StoreNotReadAtStart))]
    public static partial void StoreNotReadAtStart(this ILogger logger, Exception exception, TokenKey token);

    [LoggerMessage(EventIds.StoreNotListed, LogLevel.Warning,
        "The store could not list the subjects of '{Token}' that are to be kept alive. TokenKit asks it again in a minute. Subjects that this process serves are not affected.",
        EventName = nameof(EventIds.StoreNotListed))]
    public static partial void StoreNotListed(this ILogger logger, Exception exception, string token);

    [LoggerMessage(EventIds.RefreshTokenEnding, LogLevel.Warning,
        "The refresh token of '{Token}' ends at {EndsAt:O}, and a refresh does not extend it. Have a person consent again before then, and seed the new refresh token.",
        EventName = nameof(EventIds.RefreshTokenEnding))]
    public static partial void RefreshTokenEnding(this ILogger logger, TokenKey token, DateTimeOffset endsAt);

    [LoggerMessage(EventIds.WarmStartWaiting, LogLevel.Information,
        "The host waits for token '{Token}' before it is ready. The last attempt failed ({Reason}). The next attempt starts in {Wait}.",
        EventName = nameof(EventIds.WarmStartWaiting))]
    public static partial void WarmStartWaiting(this ILogger logger, TokenKey token, RefreshFailureReason reason, TimeSpan wait);
}
