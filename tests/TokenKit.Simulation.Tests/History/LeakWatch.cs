using Microsoft.Extensions.Logging;

namespace TokenKit.Simulation.Tests;

/// <summary>(f) Reads everything that is logged and everything a caller is told, and finds tokens in it.</summary>
internal sealed class LeakWatch(History history) : ILogger<RefreshTelemetry>
{
    public static void Search(string text, History history)
    {
        if (text.Contains(SimulatedServer.Marker, StringComparison.Ordinal))
        {
            history.Broke("(f) A secret was written where people read: " + text);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    // What is written for operators. The leak tests read the rest.
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        Search(text, history);
        history.Tell("", $"log {eventId.Id} {eventId.Name}");
    }
}
