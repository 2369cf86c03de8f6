using Microsoft.Extensions.Logging;
using TokenKit.Refresh.Persist;

namespace TokenKit.Source.Telemetry;

/// <summary>What the source (1100s), the refresh (1200s) and the store (1300s) log. Ids never change their meaning once released.</summary>
internal static partial class RefreshLog
{
    [LoggerMessage(1100, LogLevel.Debug, "Waiting for refresh {CorrelationId} of '{Token}'.", EventName = "TokenWaiting")]
    public static partial void Waiting(this ILogger logger, TokenKey token, string correlationId);

    [LoggerMessage(1200, LogLevel.Debug, "Refresh {CorrelationId} of '{Token}' started ({Trigger}).", EventName = "RefreshStarted")]
    public static partial void RefreshStarted(this ILogger logger, TokenKey token, RefreshTrigger trigger, string correlationId);

    [LoggerMessage(1201, LogLevel.Information, "Refresh {CorrelationId} of '{Token}' ended: {Outcome} in {DurationMs:F0} ms. The token is usable until {ExpiresAt:O}, generation {Generation}.", EventName = "RefreshSucceeded")]
    public static partial void RefreshSucceeded(
        this ILogger logger, TokenKey token, RefreshOutcome outcome, double durationMs, DateTimeOffset expiresAt, long generation, string correlationId);

    [LoggerMessage(1202, LogLevel.Warning, "Refresh {CorrelationId} of '{Token}' failed after {DurationMs:F0} ms ({Reason}); the present token still works and is served until {ExpiresAt:O}. {Message}", EventName = "RefreshFailedTokenUsable")]
    public static partial void RefreshFailedTokenUsable(
        this ILogger logger, Exception? exception, TokenKey token, RefreshFailureReason reason, double durationMs, DateTimeOffset expiresAt, string message, string correlationId);

    [LoggerMessage(1203, LogLevel.Error, "Refresh {CorrelationId} of '{Token}' failed after {DurationMs:F0} ms ({Reason}); there is no usable token and calls fail. {Message}", EventName = "RefreshFailed")]
    public static partial void RefreshFailed(
        this ILogger logger, Exception? exception, TokenKey token, RefreshFailureReason reason, double durationMs, string message, string correlationId);

    [LoggerMessage(1204, LogLevel.Warning, "Refresh {CorrelationId} of '{Token}' took an answer that was odd: {Warnings}. Nothing needs to be done for the token to work.", EventName = "AnswerOdd")]
    public static partial void AnswerOdd(this ILogger logger, TokenKey token, string warnings, string correlationId);

    [LoggerMessage(1205, LogLevel.Warning, "Refresh {CorrelationId} of '{Token}' got no readable answer after the refresh token was sent ({Reason}): nobody knows whether the server rotated it. Trying once more at once.", EventName = "RotationUncertainRetrying")]
    public static partial void RotationUncertainRetrying(this ILogger logger, TokenKey token, RefreshFailureReason reason, string correlationId);

    [LoggerMessage(1206, LogLevel.Warning, "Refresh {CorrelationId} of '{Token}' got no readable answer after the refresh token was sent ({Reason}): nobody knows whether the server rotated it. A token that still works is served, and the refresh tried once more shortly before it expires. If the server accepts a rotated token for a while, set Resilience.ReuseGrace.", EventName = "RotationUncertain")]
    public static partial void RotationUncertain(this ILogger logger, TokenKey token, RefreshFailureReason reason, string correlationId);

    [LoggerMessage(1207, LogLevel.Debug, "Refresh {CorrelationId} of '{Token}' sent nothing: the grant is dead and no new one is stored.", EventName = "GrantStillDead")]
    public static partial void GrantStillDead(this ILogger logger, TokenKey token, string correlationId);

    [LoggerMessage(1208, LogLevel.Error, "What watches the refreshes of '{Token}' threw. The refresh and its callers are not concerned; events or the plan for the next refresh may be missing. This is a fault of the library: please report it.", EventName = "ObserverThrew")]
    public static partial void ObserverThrew(this ILogger logger, Exception exception, TokenKey token);

    [LoggerMessage(1209, LogLevel.Debug, "Refresh {CorrelationId} of '{Token}' sent nothing: what the server refused has not changed, and the wait goes on.", EventName = "StillRefused")]
    public static partial void StillRefused(this ILogger logger, TokenKey token, string correlationId);

    [LoggerMessage(1300, LogLevel.Error, "The token set that refresh {CorrelationId} of '{Token}' obtained could not be stored. It is served from memory and written again until the store takes it; a crash before that loses the grant. Look at the store now.", EventName = "RotationNotPersisted")]
    public static partial void RotationNotPersisted(this ILogger logger, Exception? exception, TokenKey token, string correlationId);

    [LoggerMessage(1301, LogLevel.Information, "The token set of '{Token}' that could not be stored at first is settled: {Outcome}.", EventName = "RotationPersistedLate")]
    public static partial void RotationPersistedLate(this ILogger logger, TokenKey token, RecordWrite outcome);

    [LoggerMessage(1302, LogLevel.Error, "The program ends and the token set of '{Token}' could still not be stored. If the server rotated its refresh token, somebody must consent again. Look at the store.", EventName = "RotationLost")]
    public static partial void RotationLost(this ILogger logger, Exception? exception, TokenKey token);

    [LoggerMessage(1254, LogLevel.Warning, "The program ends, and refreshes of '{TokenName}' were still under way after {Waited}. If a server rotated a refresh token meanwhile, its grant may be lost.", EventName = "DrainTimedOut")]
    public static partial void DrainTimedOut(this ILogger logger, string tokenName, TimeSpan waited);
}
