using Microsoft.Extensions.Logging;

namespace TokenKit.Scheduling;

/// <summary>What the scheduler logs: 1250 to 1299.</summary>
internal static partial class SchedulerLog
{
    [LoggerMessage(1250, LogLevel.Error, "The scheduled refresh of '{Token}' could not be started. The others go on; this one is started when a caller asks.", EventName = "ScheduledKeyFailed")]
    public static partial void ScheduledKeyFailed(this ILogger logger, Exception exception, TokenKey token);

    [LoggerMessage(1251, LogLevel.Warning, "The store could not be read for '{Token}', which nobody has asked for yet, to see whether it is due. It is looked into again in a minute.", EventName = "StoreNotReadAtStart")]
    public static partial void StoreNotReadAtStart(this ILogger logger, Exception exception, TokenKey token);

    [LoggerMessage(1255, LogLevel.Warning, "The store could not list the subjects of '{TokenName}' that are to be kept alive. It is asked again in a minute; subjects that this process serves are not concerned.", EventName = "StoreNotListed")]
    public static partial void StoreNotListed(this ILogger logger, Exception exception, string tokenName);

    [LoggerMessage(1252, LogLevel.Warning, "The refresh token of '{Token}' ends at {EndsAt:O} and refreshing does not put that off. Have a person consent again before then, and seed the new one.", EventName = "RefreshTokenEnding")]
    public static partial void RefreshTokenEnding(this ILogger logger, TokenKey token, DateTimeOffset endsAt);

    [LoggerMessage(1253, LogLevel.Information, "Waiting for the token '{Token}' before the host is ready; the last attempt failed ({Reason}). Trying again in {Wait}.", EventName = "WarmStartWaiting")]
    public static partial void WarmStartWaiting(this ILogger logger, TokenKey token, RefreshFailureReason reason, TimeSpan wait);
}
