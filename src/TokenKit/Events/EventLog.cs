using Microsoft.Extensions.Logging;

namespace TokenKit.Events;

/// <summary>What the events log: 1260 to 1269.</summary>
internal static partial class EventLog
{
    [LoggerMessage(1260, LogLevel.Warning, "More than a thousand events of tokens wait for their handlers; one of '{Token}' was dropped. A handler is too slow, or hangs.", EventName = "EventDropped")]
    public static partial void EventDropped(this ILogger logger, TokenKey token);

    [LoggerMessage(1261, LogLevel.Error, "A handler of the event {Kind} of '{Token}' failed. The refresh is not concerned; mend the handler.", EventName = "EventHandlerFailed")]
    public static partial void EventHandlerFailed(this ILogger logger, Exception exception, TokenEventKind kind, TokenKey token);
}
