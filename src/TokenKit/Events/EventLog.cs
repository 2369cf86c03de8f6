using Microsoft.Extensions.Logging;
using TokenKit.Diagnostics;

namespace TokenKit.Events;

/// <summary>The messages about events for the application.</summary>
internal static partial class EventLog
{
    [LoggerMessage(EventIds.EventDropped, LogLevel.Warning,
        "An event of '{Token}' was dropped, because more than a thousand events wait for their handlers. A handler is too slow, or hangs.",
        EventName = nameof(EventIds.EventDropped))]
    public static partial void EventDropped(this ILogger logger, TokenKey token);

    [LoggerMessage(EventIds.EventHandlerFailed, LogLevel.Error,
        "A handler of the event {Kind} of '{Token}' threw an exception. The refresh is not affected. Correct the handler.",
        EventName = nameof(EventIds.EventHandlerFailed))]
    public static partial void EventHandlerFailed(this ILogger logger, Exception exception, TokenEventKind kind, TokenKey token);
}
