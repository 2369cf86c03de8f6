using Microsoft.Extensions.Logging;

namespace TokenKit.Tests;

/// <summary>Writes log entries as the source-generated methods of a program would.</summary>
internal static class LogWriting
{
    public static void Write(
        this ILogger logger, LogLevel level, EventId id, string text, Exception? exception = null, params (string Name, object? Value)[] values)
    {
        if (logger.IsEnabled(level))
        {
            var state = values.Select(value => KeyValuePair.Create(value.Name, value.Value)).ToList();
            logger.Log(level, id, state, exception, (_, _) => text);
        }
    }
}
