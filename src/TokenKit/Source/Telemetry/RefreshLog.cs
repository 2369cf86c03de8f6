using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;
using TokenKit.Refresh.Persist;

namespace TokenKit.Source.Telemetry;

/// <summary>The messages about requests for a token, refreshes, and writes of what they obtained.</summary>
internal static partial class RefreshLog
{
    [LoggerMessage(EventIds.TokenWaiting, LogLevel.Debug,
        "A caller waits for refresh {CorrelationId} of '{Token}'.",
        EventName = nameof(EventIds.TokenWaiting))]
    public static partial void Waiting(this ILogger logger, TokenKey token, string correlationId);

    [LoggerMessage(EventIds.RefreshStarted, LogLevel.Debug,
        "Refresh {CorrelationId} of '{Token}' started ({Trigger}).",
        EventName = nameof(EventIds.RefreshStarted))]
    public static partial void RefreshStarted(this ILogger logger, TokenKey token, RefreshTrigger trigger, string correlationId);

    [LoggerMessage(EventIds.RefreshSucceeded, LogLevel.Information,
        "Refresh {CorrelationId} of '{Token}' ended: {Outcome} in {DurationMs:F0} ms. The token is usable until {ExpiresAt:O}, generation {Generation}.",
        EventName = nameof(EventIds.RefreshSucceeded))]
    public static partial void RefreshSucceeded(
        this ILogger logger, TokenKey token, RefreshOutcome outcome, double durationMs, DateTimeOffset expiresAt, long generation, string correlationId);

    [LoggerMessage(EventIds.RefreshFailedTokenUsable, LogLevel.Warning,
        "Refresh {CorrelationId} of '{Token}' failed after {DurationMs:F0} ms ({Reason}). The current token still works and is served until {ExpiresAt:O}. {Message}",
        EventName = nameof(EventIds.RefreshFailedTokenUsable))]
    public static partial void RefreshFailedTokenUsable(
        this ILogger logger, Exception? exception, TokenKey token, RefreshFailureReason reason, double durationMs, DateTimeOffset expiresAt, string message, string correlationId);

    [LoggerMessage(EventIds.RefreshFailed, LogLevel.Error,
        "Refresh {CorrelationId} of '{Token}' failed after {DurationMs:F0} ms ({Reason}). There is no usable token, so calls fail. {Message}",
        EventName = nameof(EventIds.RefreshFailed))]
    public static partial void RefreshFailed(
        this ILogger logger, Exception? exception, TokenKey token, RefreshFailureReason reason, double durationMs, string message, string correlationId);

    [LoggerMessage(EventIds.AnswerOdd, LogLevel.Warning,
        "The server's answer to refresh {CorrelationId} of '{Token}' was unusual: {Warnings}. The token works. {Advice} This is said once.",
        EventName = nameof(EventIds.AnswerOdd))]
    public static partial void AnswerOdd(this ILogger logger, TokenKey token, string warnings, string advice, string correlationId);

    [LoggerMessage(EventIds.RotationUncertainRetrying, LogLevel.Warning,
        "Refresh {CorrelationId} of '{Token}' sent the {Sent} and got no readable answer ({Reason}). The server may have replaced it. The refresh is tried once more now.",
        EventName = nameof(EventIds.RotationUncertainRetrying))]
    public static partial void RotationUncertainRetrying(this ILogger logger, TokenKey token, string sent, RefreshFailureReason reason, string correlationId);

    [LoggerMessage(EventIds.RotationUncertain, LogLevel.Warning,
        "Refresh {CorrelationId} of '{Token}' sent the {Sent} and got no readable answer ({Reason}). The server may have replaced it. A token that still works is served, and the refresh is tried once more shortly before it expires. If the server accepts a replaced one for a while, set Resilience:ReuseGrace.",
        EventName = nameof(EventIds.RotationUncertain))]
    public static partial void RotationUncertain(this ILogger logger, TokenKey token, string sent, RefreshFailureReason reason, string correlationId);

    [LoggerMessage(EventIds.GrantStillDead, LogLevel.Debug,
        "Refresh {CorrelationId} of '{Token}' sent nothing, because the grant is dead and no new one is stored.",
        EventName = nameof(EventIds.GrantStillDead))]
    public static partial void GrantStillDead(this ILogger logger, TokenKey token, string correlationId);

    [LoggerMessage(EventIds.ObserverThrew, LogLevel.Error,
        "A refresh observer of '{Token}' threw an exception. The refresh itself is not affected. Events or the next scheduled refresh may be missing. This is a fault of TokenKit: please report it.",
        EventName = nameof(EventIds.ObserverThrew))]
    public static partial void ObserverThrew(this ILogger logger, Exception exception, TokenKey token);

    [LoggerMessage(EventIds.StillRefused, LogLevel.Debug,
        "Refresh {CorrelationId} of '{Token}' sent nothing, because what the server refused has not changed. The wait goes on.",
        EventName = nameof(EventIds.StillRefused))]
    public static partial void StillRefused(this ILogger logger, TokenKey token, string correlationId);

    [LoggerMessage(EventIds.NothingNewer, LogLevel.Debug,
        "Refresh {CorrelationId} of '{Token}' looked for a newer token in its record, found none, and sent nothing.",
        EventName = nameof(EventIds.NothingNewer))]
    public static partial void NothingNewer(this ILogger logger, TokenKey token, string correlationId);

    [LoggerMessage(EventIds.FormerTokenRejected, LogLevel.Warning,
        "The API rejected the token of '{Token}', and its record '{Record}' holds a younger one that '{Other}' obtained for something else. If the server ends the former access token at a refresh, the two need a grant for each: give one of them a Secret.Name of its own and, where there is a refresh token, a seed.",
        EventName = nameof(EventIds.FormerTokenRejected))]
    public static partial void FormerTokenRejected(this ILogger logger, TokenKey token, string record, string other);

    [LoggerMessage(EventIds.NoPlaceForToken, LogLevel.Warning,
        "The record '{Record}' has no place for the token that refresh {CorrelationId} of '{Token}' obtained: each is taken by one that still works. The token is served from memory and not stored, so other processes, and this one after a restart, refresh for one of their own. Have fewer registrations and versions of them share the record: give some a Secret.Name of their own.",
        EventName = nameof(EventIds.NoPlaceForToken))]
    public static partial void NoPlaceForToken(this ILogger logger, TokenKey token, string record, string correlationId);

    [LoggerMessage(EventIds.GoingOnUnsaved, LogLevel.Warning,
        "The store of '{Token}' failed, and refresh {CorrelationId} goes on without it. The token is served from memory and not stored, so other processes, and this one after a restart, obtain one of their own. Look at the store. This is said once until the store works again.",
        EventName = nameof(EventIds.GoingOnUnsaved))]
    public static partial void GoingOnUnsaved(this ILogger logger, Exception exception, TokenKey token, string correlationId);

    [LoggerMessage(EventIds.DamagedRecordSetAside, LogLevel.Warning,
        "What was stored for '{Token}' could not be read. {Why} It was moved to {Place}, and refresh {CorrelationId} begins anew: this registration needs only credentials, so nothing is lost. Look at the disk, and delete the file when nobody needs it.",
        EventName = nameof(EventIds.DamagedRecordSetAside))]
    public static partial void DamagedRecordSetAside(this ILogger logger, TokenKey token, string why, string place, string correlationId);

    [LoggerMessage(EventIds.RotationNotPersisted, LogLevel.Error,
        "The store did not take the token set that refresh {CorrelationId} of '{Token}' obtained. The token set is served from memory and written again until the store takes it. A crash before that loses the grant. Look at the store now.",
        EventName = nameof(EventIds.RotationNotPersisted))]
    public static partial void RotationNotPersisted(this ILogger logger, Exception? exception, TokenKey token, string correlationId);

    [LoggerMessage(EventIds.RotationPersistedLate, LogLevel.Information,
        "The token set of '{Token}' that the store did not take at first is settled: {Outcome}.",
        EventName = nameof(EventIds.RotationPersistedLate))]
    public static partial void RotationPersistedLate(this ILogger logger, TokenKey token, RecordWrite outcome);

    [LoggerMessage(EventIds.RotationLost, LogLevel.Error,
        "The program ends, and the store has not taken the token set of '{Token}'. If the server rotated the refresh token, a person must consent again. Look at the store.",
        EventName = nameof(EventIds.RotationLost))]
    public static partial void RotationLost(this ILogger logger, Exception? exception, TokenKey token);

    [LoggerMessage(EventIds.DrainTimedOut, LogLevel.Warning,
        "The program ends, and refreshes of '{Token}' still ran after {Waited}. If a server rotated a refresh token in the meantime, the grant may be lost.",
        EventName = nameof(EventIds.DrainTimedOut))]
    public static partial void DrainTimedOut(this ILogger logger, string token, TimeSpan waited);
}
