using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;
using TokenKit.Refresh.Map;

namespace TokenKit.Source.Telemetry;

/// <summary>The messages about lifetimes that cannot be meant as they were read. Each names the key that helps.</summary>
internal static partial class LifetimeLog
{
    /// <summary>The message of a warning about a lifetime; <see langword="null"/> for a warning about anything else.</summary>
    public static int? EventOf(string warning) => warning switch
    {
        AnswerWarnings.LifetimeZero => EventIds.LifetimeZero,
        AnswerWarnings.ExpiresAtPassed => EventIds.ExpiresAtPassed,
        AnswerWarnings.ExpiresInIsTime => EventIds.ExpiresInIsTime,
        AnswerWarnings.ExpiresAtUnit => EventIds.ExpiresAtUnit,
        _ => null,
    };

    /// <summary>Writes the message of an event of <see cref="EventOf"/>.</summary>
    public static void LifetimeOdd(this ILogger logger, int eventId, TokenKey token)
    {
        switch (eventId)
        {
            case EventIds.LifetimeZero:
                logger.LifetimeZero(token);
                break;
            case EventIds.ExpiresAtPassed:
                logger.ExpiresAtPassed(token);
                break;
            case EventIds.ExpiresInIsTime:
                logger.ExpiresInIsTime(token);
                break;
            default:
                logger.ExpiresAtUnit(token);
                break;
        }
    }

    [LoggerMessage(EventIds.LifetimeZero, LogLevel.Warning,
        "The token of '{Token}' came with a lifetime of zero or less, so every call requests another one. If the token works for longer, set Response:Lifetime.",
        EventName = nameof(EventIds.LifetimeZero))]
    private static partial void LifetimeZero(this ILogger logger, TokenKey token);

    [LoggerMessage(EventIds.ExpiresAtPassed, LogLevel.Warning,
        "The token of '{Token}' was over when it came, by what Response:ExpiresAt reads and the clock of this machine, so every call requests another one. Check the clock. If the answer says when the token was issued, set Response:IssuedAt: then no clock is needed. Otherwise set Response:Lifetime.",
        EventName = nameof(EventIds.ExpiresAtPassed))]
    private static partial void ExpiresAtPassed(this ILogger logger, TokenKey token);

    [LoggerMessage(EventIds.ExpiresInIsTime, LogLevel.Warning,
        "What Response:ExpiresIn reads for '{Token}' is a point in time and no lifetime, so Response:DefaultLifetime counts. Set Response:ExpiresAt to the same selector, such as \"ExpiresAt\": \"body.expires_in\".",
        EventName = nameof(EventIds.ExpiresInIsTime))]
    private static partial void ExpiresInIsTime(this ILogger logger, TokenKey token);

    [LoggerMessage(EventIds.ExpiresAtUnit, LogLevel.Warning,
        "What Response:ExpiresAt reads for '{Token}' is a point in time in microseconds, nanoseconds or ticks, which is not read, so Response:DefaultLifetime counts. Select another member of the answer, or set Response:Lifetime.",
        EventName = nameof(EventIds.ExpiresAtUnit))]
    private static partial void ExpiresAtUnit(this ILogger logger, TokenKey token);
}
