using Microsoft.Extensions.Logging;
using TokenKit.Source.Telemetry;

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

    /// <summary>Reads the messages of an exception and of its causes. Stack traces name code, and to write them takes longer than a run.</summary>
    public static void Search(Exception exception, History history)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            Search(cause.Message, history);
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
        history.AddLine("", $"log {eventId.Id} {eventId.Name}");
    }
}
