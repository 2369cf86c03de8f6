using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TokenKit.Redis.Tests;

/// <summary>Remembers which events were logged.</summary>
internal sealed class NotedEvents : ILogger
{
    public ConcurrentQueue<int> Ids { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Ids.Enqueue(eventId.Id);
}
